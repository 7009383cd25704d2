// Where the person writes: keeps the draft, counts near the limit, says that somebody is typing.
import { byId } from "../elements.js";
import { t } from "../words.js";

const DRAFT = "draft";
const COUNT_FROM = 500;
const STILL_TYPING = 4000;
const SAY_TYPING_EVERY = 3000;

function stored(act) {
  try {
    return act(sessionStorage);
  } catch {
    return null;
  }
}

export class Composer {
  // acts: send(text), typing(on)
  constructor(limit, acts) {
    this.limit = limit;
    this.acts = acts;
    this.text = byId("text");
    this.count = byId("count");
    this.saidTyping = 0;
    this.stops = null;
    if (!this.text.value) this.text.value = stored((kept) => kept.getItem(DRAFT)) ?? "";
    this.text.addEventListener("input", () => this.changed());
    this.text.addEventListener("keydown", (event) => this.pressed(event));
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.shown();
  }

  // A keyboard with a mouse beside it: Enter sends. On a touch screen Enter is a new line.
  pressed(event) {
    const keyboard = matchMedia("(hover: hover) and (pointer: fine)").matches;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !keyboard) return;
    event.preventDefault();
    this.send();
  }

  send() {
    const text = this.text.value;
    if (!text.trim() || this.length() > this.limit) return;
    this.fill("");
    this.stopTyping();
    this.text.focus();
    this.acts.send(text);
  }

  fill(text) {
    this.text.value = text;
    this.shown();
    stored((kept) => (text ? kept.setItem(DRAFT, text) : kept.removeItem(DRAFT)));
  }

  changed() {
    this.fill(this.text.value);
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

  length() {
    return [...this.text.value].length;
  }

  shown() {
    const left = this.limit - this.length();
    this.count.classList.toggle("composer__count--over", left < 0);
    this.text.setAttribute("aria-invalid", String(left < 0));
    if (left >= COUNT_FROM) this.count.textContent = "";
    else this.count.textContent = left < 0 ? t("chat.over", { count: -left }) : t("chat.left", { count: left });
  }
}
