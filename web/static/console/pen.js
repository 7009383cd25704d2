// Where a practitioner writes: counts near the limit, says that somebody is typing, sends.
import { t } from "../words.js";

const COUNT_FROM = 500;
const STILL_TYPING = 4000;
const SAY_TYPING_EVERY = 3000;

export class Pen {
  // acts: send(text), typing(on)
  constructor(form, { limit, drawer, acts }) {
    Object.assign(this, { form, limit, drawer, acts });
    this.text = form.querySelector("textarea");
    this.count = form.querySelector("[data-part=count]");
    this.saidTyping = 0;
    this.stops = null;
    this.text.addEventListener("input", () => this.changed());
    this.text.addEventListener("keydown", (event) => this.pressed(event));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.shown();
  }

  // Ctrl and Enter sends anywhere; Enter alone where there is a keyboard with a mouse beside it.
  pressed(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    const keyboard = matchMedia("(hover: hover) and (pointer: fine)").matches;
    if (!event.ctrlKey && !event.metaKey && !keyboard) return;
    event.preventDefault();
    this.send();
  }

  send() {
    const text = this.text.value;
    if (!text.trim() || this.length() > this.limit || this.text.readOnly) return;
    this.fill("");
    this.stopTyping();
    this.acts.send(text);
  }

  // A draft goes after what is written, to be changed before it is sent.
  putIn(text) {
    if (this.text.readOnly) return;
    this.fill(this.text.value ? `${this.text.value}\n${text}` : text);
    this.text.focus();
  }

  // Words that come back go before what is being written by now.
  giveBack(text) {
    this.fill(this.text.value ? `${text}\n${this.text.value}` : text);
    this.text.focus();
  }

  fill(text) {
    this.text.value = text;
    this.drawer.keep(this.text.dataset.keep, text);
    this.shown();
  }

  changed() {
    this.shown();
    if (!this.text.value) return this.stopTyping();
    if (Date.now() - this.saidTyping > SAY_TYPING_EVERY) {
      this.saidTyping = Date.now();
      this.acts.typing(true);
    }
    clearTimeout(this.stops);
    this.stops = setTimeout(() => this.stopTyping(), STILL_TYPING);
  }

  stopTyping() {
    clearTimeout(this.stops);
    if (this.saidTyping) this.acts.typing(false);
    this.saidTyping = 0;
  }

  // What is written stays to be read and copied; nothing more can be sent.
  close() {
    this.text.readOnly = true;
    this.form.querySelector("button").disabled = true;
  }

  open() {
    this.text.readOnly = false;
    this.form.querySelector("button").disabled = false;
  }

  length() {
    return [...this.text.value].length;
  }

  shown() {
    const left = this.limit - this.length();
    this.count.classList.toggle("pen__count--over", left < 0);
    this.text.setAttribute("aria-invalid", String(left < 0));
    if (left >= COUNT_FROM) this.count.textContent = "";
    else this.count.textContent = t(left < 0 ? "console.say.over" : "console.say.left", { count: Math.abs(left) });
  }
}
