// The list of who waits, by need: priority in words, the person's own words, waits that go on.
import { byId, el } from "../elements.js";
import { t } from "../words.js";
import { grouped } from "./marks.js";
import { dueIn, isOver, waited } from "./moments.js";
import { priorityName } from "./wording.js";

const REASONS_SHOWN = 3;

export class Waiting {
  // take(entry) - somebody picked one; give(entry) - a supervisor gives it away, else null
  constructor(take, give = null) {
    this.take = take;
    this.give = give;
    this.shown = new Map();
    this.list = byId("waiting");
  }

  // returned: names of entries that a practitioner had and could not keep
  show(entries, returned) {
    const wanted = new Set(entries.map((entry) => entry.entry));
    for (const [name, item] of this.shown) {
      if (wanted.has(name)) continue;
      item.remove();
      this.shown.delete(name);
    }
    entries.forEach((entry, place) => this.put({ ...entry, returned: returned.has(entry.entry) }, place));
    byId("waiting-count").textContent = entries.length || "";
    byId("waiting-none").hidden = entries.length > 0;
    byId("waiting-none").textContent = t("console.waiting.none");
  }

  put(entry, place) {
    const written = JSON.stringify(entry);
    let item = this.shown.get(entry.entry);
    if (!item) {
      item = el("li", { "data-entry": entry.entry });
      this.shown.set(entry.entry, item);
    }
    if (item.dataset.written !== written) this.fill(item, entry, written);
    if (this.list.children[place] !== item) this.list.insertBefore(item, this.list.children[place] ?? null);
  }

  fill(item, entry, written) {
    const focused = item.contains(document.activeElement);
    item.dataset.written = written;
    item.className = `person person--${entry.priority}`;
    const button = el("button", {
      type: "button", class: "button button--plain button--small",
      "aria-label": t("console.take.label", { reference: entry.reference }), on: { click: () => this.take(entry) },
    }, t("console.take"));
    const give = this.give && el("button", {
      type: "button", class: "button button--plain button--small",
      "aria-label": t("console.give.label", { reference: entry.reference }), on: { click: () => this.give(entry) },
    }, t("console.give"));
    item.replaceChildren(
      el("p", { class: "person__head" },
        el("span", { class: `tag tag--${entry.priority}` }, priorityName(entry.priority)),
        el("b", {}, entry.reference)),
      entry.returned ? el("p", { class: "person__back" }, t("console.returned")) : "",
      ...quotes(entry.reasons),
      el("p", { class: "person__times" },
        el("span", { "data-since": entry.queued_at }, waited(entry.queued_at)),
        el("span", { class: "due", "data-due": entry.due_at }, dueIn(entry.due_at))),
      el("p", { class: "person__foot" },
        entry.specialties.length ? el("span", {}, t("console.wanted", { specialties: entry.specialties.join(", ") })) : null, give, button),
    );
    refresh(item);
    if (focused) button.focus();
  }
}

function quotes(reasons) {
  const texts = [...new Set(grouped(reasons).map((reason) => reason.text.trim()).filter(Boolean))];
  if (!texts.length) return [el("p", { class: "person__quiet" }, t("console.reasons.none"))];
  const shown = texts.slice(-REASONS_SHOWN).map((text) => el("q", { class: "person__words" }, text));
  const rest = texts.length - shown.length;
  return rest ? [...shown, el("p", { class: "person__quiet" }, t("console.reasons.more", { count: rest }))] : shown;
}

// Live times under `root`, in place.
export function refresh(root) {
  for (const shown of root.querySelectorAll("[data-since]")) write(shown, waited(shown.dataset.since));
  for (const shown of root.querySelectorAll("[data-due]")) {
    write(shown, dueIn(shown.dataset.due));
    shown.classList.toggle("due--over", isOver(shown.dataset.due));
  }
}

function write(shown, text) {
  if (shown.textContent !== text) shown.textContent = text;
}
