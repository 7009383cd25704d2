// One conversation on the screen: copied from the page's template, its panels and its headings.
import { byId, el } from "../elements.js";
import { t } from "../words.js";
import { briefingOf, clockName } from "./briefing.js";
import { dueIn, whenShort } from "./moments.js";
import { refresh } from "./waiting.js";
import { priorityName } from "./wording.js";

let copies = 0;

// A copy whose ids are its own, so that labels and descriptions find their fields.
function copy() {
  copies += 1;
  const root = byId("talk-template").content.firstElementChild.cloneNode(true);
  for (const named of [root, ...root.querySelectorAll("[id], [for], [aria-describedby], [aria-labelledby]")]) {
    for (const name of ["id", "for", "aria-describedby", "aria-labelledby"]) {
      const value = named.getAttribute(name);
      if (value) named.setAttribute(name, value.split(" ").map((id) => `${id}-${copies}`).join(" "));
    }
  }
  return root;
}

export class TalkView {
  constructor() {
    this.root = copy();
    this.open = "briefing";
    byId("talks").append(this.root);
  }

  part(name) {
    return this.root.querySelector(`[data-part="${name}"]`);
  }

  form(name) {
    return this.root.querySelector(`[data-form="${name}"]`);
  }

  panelOf(name) {
    return this.root.querySelector(`[data-panel="${name}"]`);
  }

  // Buttons by what they do. `acts` has a function for each that is not a panel's.
  listen(acts) {
    this.root.addEventListener("click", (event) => {
      const act = event.target.closest("[data-act]")?.dataset.act;
      if (!act) return;
      if (acts[act]) acts[act]();
      else if (this.panelOf(act)) this.panel(act === this.open && act !== "briefing" ? "briefing" : act);
    });
    this.root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.open !== "briefing") this.panel("briefing", this.root.querySelector(`.talk__acts [data-act="${this.open}"]`));
    });
  }

  // One panel at a time beside the words; the briefing when no other is wanted.
  panel(name, focus = null) {
    this.open = name;
    for (const panel of this.root.querySelectorAll("[data-panel]")) panel.hidden = panel.dataset.panel !== name;
    for (const button of this.root.querySelectorAll(".talk__acts [data-act]")) {
      button.setAttribute("aria-expanded", String(button.dataset.act === name));
    }
    this.root.classList.toggle("talk--panel", name !== "briefing");
    this.part("side").scrollTop = 0;
    (focus ?? this.panelOf(name).querySelector("h3")).focus();
  }

  head({ reference, priority, state, clock }) {
    this.part("reference").textContent = reference;
    const tag = this.part("priority");
    tag.textContent = priorityName(priority);
    tag.className = `tag tag--${priority}`;
    const due = clock && [` ${clockName(clock)}. `, el("span", { class: "due", "data-due": clock.due_at }, dueIn(clock.due_at))];
    this.part("state").replaceChildren(state, ...(due ?? []));
    for (const radio of this.form("priority").querySelectorAll("[type=radio]")) {
      if (!this.form("priority").contains(document.activeElement)) radio.checked = radio.value === priority;
    }
    refresh(this.part("state"));
  }

  briefing(briefing, acts) {
    this.part("briefing").replaceChildren(...briefingOf(briefing, acts));
    refresh(this.part("briefing"));
  }

  notes(lines) {
    this.part("notes").replaceChildren(...lines);
    this.part("notes-count").textContent = lines.length ? `(${lines.length})` : "";
  }

  records(lines) {
    this.part("records").replaceChildren(...lines);
    this.part("records").tabIndex = -1;
    this.part("records-count").textContent = lines.length ? `(${lines.length})` : "";
  }

  limit(limit) {
    const now = this.part("limit-now");
    if (now) now.textContent = limit ? t("console.limit.now", { at: whenShort(limit.at), reason: limit.reason }) : t("console.limit.none");
  }

  // A colleague beside the owner does not end, release, pass on or phone.
  beside(isBeside) {
    for (const act of ["priority", "release", "finish", "pass", "phone"]) this.root.querySelector(`.talk__acts [data-act="${act}"]`).hidden = isBeside;
    this.root.querySelector('.talk__acts [data-act="part"]').hidden = !isBeside;
  }

  meanwhile(text) {
    this.part("meanwhile-text").textContent = text;
    this.part("meanwhile").hidden = !text;
  }

  lost(text) {
    this.part("lost-text").textContent = text;
    this.part("lost").hidden = !text;
    this.root.classList.toggle("talk--lost", Boolean(text));
    for (const button of this.root.querySelectorAll("[data-form]:not(.pen) [type=submit]")) button.disabled = Boolean(text);
  }

  danger(text) {
    this.part("danger-text").textContent = text;
    this.part("danger").hidden = !text;
  }

  show(isShown) {
    this.root.hidden = !isShown;
  }

  focusHeading() {
    this.root.querySelector("h2").focus();
  }

  again(act, text) {
    return el("button", { type: "button", class: "as-link", on: { click: act } }, t(text));
  }

  remove() {
    this.root.remove();
  }
}
