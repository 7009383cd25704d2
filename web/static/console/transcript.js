// What was said, in order and by number, with the words that raised concern marked.
import { el } from "../elements.js";
import { clock, day } from "../times.js";
import { t } from "../words.js";
import { marked } from "./marks.js";
import { named, senderOf } from "./wording.js";

const NEAR_END = 120;

export class TranscriptView {
  // parts: body, scroll, said, sending, newer
  constructor(parts) {
    Object.assign(this, parts);
    this.messages = new Map();
    this.reasons = [];
    this.day = null;
    this.stuck = false;
    this.newer.addEventListener("click", () => this.toEnd());
    for (const part of [this.body, this.scroll]) {
      part.addEventListener("scroll", () => this.scrolled(), { passive: true });
    }
    new ResizeObserver(() => this.stuck && this.toEnd()).observe(this.scroll);
    new ResizeObserver(() => this.stuck && this.toEnd()).observe(this.body);
  }

  // Whoever reads the end goes on to read the end, whatever comes or takes room away.
  scrolled() {
    this.stuck = this.atEnd();
    if (this.stuck) this.newer.hidden = true;
  }

  add(message) {
    const wasAtEnd = this.stuck;
    const named = day(message.at);
    if (named !== this.day) this.said.append(el("li", { class: "said__day" }, named));
    this.day = named;
    const words = el("div", { class: "line__text" }, ...this.pieces(message));
    const line = el("li", { class: `line line--${message.speaker}`, "data-seq": message.seq },
      el("p", { class: "line__head" }, el("span", { class: "line__sender" }, senderOf(message)), " ",
        el("time", { datetime: message.at }, clock(message.at))),
      words, ...cardsOf(message));
    this.messages.set(message.seq, { message, words });
    if (message.client_ref) this.drop(message.client_ref);
    this.said.append(line);
    this.follow(wasAtEnd || message.speaker === "practitioner");
  }

  // What was said after that number, as it came.
  after(seq) {
    return [...this.messages.values()].map(({ message }) => message).filter((message) => message.seq > seq);
  }

  pieces(message) {
    if (message.speaker !== "enquirer") return [message.text];
    return marked(message.text, this.reasons.filter((reason) => reason.seq === message.seq));
  }

  // Only the messages whose marks are different now are written again.
  mark(reasons) {
    const before = this.reasons;
    this.reasons = reasons;
    const changed = new Set(reasons.filter((reason) => !before.includes(reason)).map((reason) => reason.seq));
    for (const seq of changed) {
      const kept = this.messages.get(seq);
      if (kept) kept.words.replaceChildren(...this.pieces(kept.message));
    }
  }

  pending(item) {
    this.sending.append(el("li", { class: "line line--practitioner", "data-ref": item.ref },
      el("div", { class: "line__text" }, item.text), el("p", { class: "line__state" }, t("send.sending"))));
    this.toEnd();
  }

  state(ref, kind, ...actions) {
    const shown = this.ofRef(ref)?.querySelector(".line__state");
    if (!shown) return;
    shown.classList.toggle("line__state--failed", kind === "failed" || kind === "refused");
    shown.replaceChildren(t(kind === "sending" || kind === "sent" ? `send.${kind}` : `console.send.${kind}`), ...actions);
    this.follow(this.stuck);
  }

  // The last line of one's own says that it was kept.
  settled(ref, seq) {
    this.said.querySelector(".line__state")?.remove();
    const line = this.said.querySelector(`[data-seq="${seq}"]`);
    line?.append(el("p", { class: "line__state" }, t("send.sent")));
    if (line) this.drop(ref);
    else this.state(ref, "sent");
    this.follow(this.stuck);
  }

  drop(ref) {
    this.ofRef(ref)?.remove();
  }

  ofRef(ref) {
    return this.sending.querySelector(`[data-ref="${CSS.escape(ref)}"]`);
  }

  go(seq) {
    const line = this.said.querySelector(`[data-seq="${seq}"]`);
    if (!line) return;
    line.tabIndex = -1;
    line.scrollIntoView({ block: "center" });
    line.focus({ preventScroll: true });
  }

  // Beside the briefing the words scroll by themselves, beneath it both scroll together.
  get scroller() {
    return this.isBeside ? this.scroll : this.body;
  }

  get isBeside() {
    return getComputedStyle(this.scroll).overflowY !== "visible";
  }

  atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_END;
  }

  toEnd() {
    this.stuck = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.newer.hidden = true;
  }

  follow(wanted) {
    if (wanted) this.toEnd();
    else this.newer.hidden = this.atEnd();
  }
}

// What else the person was shown with a line, in words.
function cardsOf(message) {
  const names = (message.cards ?? []).map((card) => card.name || named(`console.card.${card.kind}`, card.kind));
  return names.length ? [el("p", { class: "line__shown" }, t("console.shown", { names: names.join(", ") }))] : [];
}
