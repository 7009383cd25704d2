// What practitioners think of the screen's reading of a message: right, wrong, or what it should be.
// Kept for people to look through later; nothing changes by it.
import { el } from "../elements.js";
import { t } from "../words.js";
import { priorityName } from "./wording.js";

const PRIORITIES = ["none", "routine", "urgent", "very_urgent", "emergency"];

export class Reviews {
  // ask(command, payload); me: id of this practitioner; status(text), failed(text)
  constructor({ conversation, me, ask, status, failed }) {
    Object.assign(this, { conversation, me, ask, status, failed });
    this.held = new Map();
    this.shown = new Map();
  }

  opened(reviews) {
    reviews.forEach((review) => this.held.set(`${review.seq}:${review.by}`, review));
    this.shown.forEach((_, seq) => this.show(seq));
  }

  reviewed(review) {
    this.held.set(`${review.seq}:${review.by}`, review);
    this.show(review.seq);
  }

  // The row of buttons for one message; the same row again when it was made before.
  row(seq) {
    const row = this.shown.get(seq) ?? this.make(seq);
    this.show(seq);
    return row;
  }

  make(seq) {
    const choice = (verdict) => el("button", {
      type: "button", class: "review__choice", "data-verdict": verdict, "aria-pressed": "false",
      "aria-label": t(`console.review.${verdict}.label`, { seq }), on: { click: () => this.send(seq, verdict) },
    }, t(`console.review.${verdict}`));
    const should = el("select", {
      class: "review__should", "aria-label": t("console.review.should.label", { seq }),
      on: { change: (event) => event.target.value && this.send(seq, "wrong", event.target.value) },
    }, el("option", { value: "" }, t("console.review.should")),
    ...PRIORITIES.map((priority) => el("option", { value: priority }, priorityName(priority))));
    const row = el("div", { class: "review", role: "group", "aria-label": t("console.review", { seq }) },
      choice("right"), choice("wrong"), should, el("span", { class: "review__others" }));
    this.shown.set(seq, row);
    return row;
  }

  async send(seq, verdict, should = null) {
    const payload = { conversation: this.conversation, seq, verdict, ...(should ? { should_be: should } : {}) };
    const answer = await this.ask("screening:review", payload).catch(() => null);
    if (!answer?.ok) return this.failed(answer?.error.message ?? t("console.unreached"));
    this.reviewed(answer.review);
    return this.status(t("console.review.done"));
  }

  show(seq) {
    const row = this.shown.get(seq);
    if (!row) return;
    const mine = this.held.get(`${seq}:${this.me}`);
    for (const button of row.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(mine?.verdict === button.dataset.verdict));
    }
    row.querySelector("select").value = mine?.should_be ?? "";
    const others = [...this.held.values()].filter((review) => review.seq === seq && review.by !== this.me);
    row.querySelector(".review__others").textContent = others.map(inWords).join(" ");
  }
}

function inWords({ name, verdict, should_be: should }) {
  if (should) return t("console.review.other.should", { name, priority: priorityName(should) });
  return t(`console.review.other.${verdict}`, { name });
}
