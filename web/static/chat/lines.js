// The visible conversation: one line a message, in order, built from the page's own template.
import { el, byId } from "../elements.js";
import { clock, day } from "../times.js";
import { t } from "../words.js";
import { cardOf } from "./cards.js";
import { Follow } from "./follow.js";

export class Lines {
  constructor(numbers) {
    this.numbers = numbers;
    this.list = byId("lines");
    this.sending = byId("sending");
    this.follow = new Follow(byId("log"), byId("newer"), { anchor: () => this.anchor(), must: () => this.help() });
    this.settled = null;
  }

  // What must stay in view: the newest of the person's own lines, so that an answer is read from its start.
  anchor() {
    const own = this.list.querySelectorAll(".line--enquirer");
    return this.sending.lastElementChild ?? own[own.length - 1] ?? this.list.firstElementChild;
  }

  // The way to help that came with the answer to it.
  help() {
    if (this.sending.lastElementChild) return null;
    const calls = [...this.list.querySelectorAll(".card--emergency li:first-child .card__call")];
    return calls.find((call) => isAfter(call, this.anchor())) ?? null;
  }

  // A message that the service keeps.
  add(message) {
    this.dayOf(message);
    const line = this.line(message);
    this.list.append(line);
    if (message.client_ref) this.drop(message.client_ref);
    if (message.speaker === "enquirer") this.sent(line, message);
    this.follow.grown(message.speaker === "enquirer");
  }

  line(message) {
    const line = byId("line-template").content.firstElementChild.cloneNode(true);
    const last = this.lastLine();
    line.className = `line line--${message.speaker}${continues(message, last) ? " line--continues" : ""}`;
    Object.assign(line.dataset, { seq: message.seq, speaker: message.speaker, at: message.at });
    if (message.name) line.dataset.name = message.name;
    if (message.wording_id) line.dataset.wording = message.wording_id;
    line.querySelector(".line__sender").textContent = message.name || t(`sender.${message.speaker}`);
    const time = line.querySelector("time");
    time.dateTime = message.at;
    time.textContent = clock(message.at);
    line.querySelector(".line__text").textContent = message.text;
    const cards = (message.cards || []).map((card) => cardOf(card, this.numbers)).filter(Boolean);
    if (cards.length) line.append(el("div", { class: "line__cards" }, ...cards));
    return line;
  }

  // "Sent" stands under the newest of the person's own lines only.
  sent(line, message) {
    this.settled?.remove();
    this.settled = null;
    if (!message.client_ref) return;
    this.settled = el("p", { class: "line__state" }, t("send.sent"));
    line.append(this.settled);
  }

  // A message on its way: shown at once, with what becomes of it.
  pending(item) {
    const line = el("li", { class: "line line--enquirer", "data-ref": item.ref },
      el("div", { class: "line__text" }, item.text), el("p", { class: "line__state" }, t("send.sending")));
    this.sending.append(line);
    this.follow.grown(true);
  }

  state(ref, kind, ...actions) {
    const shown = this.ofRef(ref)?.querySelector(".line__state");
    if (!shown) return;
    shown.className = kind === "sending" || kind === "sent" ? "line__state" : "line__state line__state--failed";
    shown.replaceChildren(t(`send.${kind}`), ...actions);
    this.follow.grown(false);
  }

  drop(ref) {
    this.ofRef(ref)?.remove();
  }

  ofRef(ref) {
    return this.sending.querySelector(`[data-ref="${CSS.escape(ref)}"]`);
  }

  // The greeting shown before there was a conversation gives way to the one that is kept.
  clearGreeting() {
    this.list.replaceChildren();
  }

  dayOf(message) {
    const named = day(message.at);
    const days = this.list.querySelectorAll(".day");
    if (days[days.length - 1]?.dataset.day === named) return;
    this.list.append(el("li", { class: "day", "data-day": named }, el("span", {}, named)));
  }

  lastLine() {
    const last = this.list.lastElementChild;
    const line = last?.classList.contains("day") ? last.previousElementSibling : last;
    return line ?? null;
  }
}

function isAfter(one, other) {
  return Boolean(other && other.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
}

function continues(message, line) {
  if (!line) return false;
  const { speaker, name, at } = line.dataset;
  return speaker === message.speaker && name === message.name && at.slice(0, 16) === message.at.slice(0, 16);
}
