// On shift or not: said by a press, kept over a reload and a lost link, said again when it is back.
import { byId } from "../elements.js";
import { t } from "../words.js";
import { Unreached } from "./link.js";

const KEPT = "shift";

export class Shift {
  // changed(on, presence)
  constructor(ask, changed) {
    this.ask = ask;
    this.changed = changed;
    this.on = sessionStorage.getItem(KEPT) === "on";
    this.button = byId("shift");
    this.button.addEventListener("click", () => this.set(!this.on));
    this.pause = byId("break");
    this.pause.addEventListener("change", () => this.set(true));
    this.show();
  }

  // The link is there: what was said before counts again.
  async up() {
    this.button.disabled = false;
    if (this.on) await this.set(true);
  }

  down() {
    this.button.disabled = true;
  }

  async set(on) {
    try {
      const answer = await this.ask("presence:set", this.presence(on));
      if (!answer.ok) return;
      this.on = on;
      sessionStorage.setItem(KEPT, on ? "on" : "off");
      this.show();
      this.changed(on, answer.presence);
    } catch (error) {
      if (!(error instanceof Unreached)) throw error;
    }
  }

  // On a break one is on shift still, and not free to be given anybody.
  presence(on) {
    if (on && this.pause.value) return { available: false, reason: this.pause.value };
    return { available: on };
  }

  show() {
    this.pause.disabled = !this.on;
    if (!this.on) this.pause.value = "";
    byId("shift-text").textContent = t(this.on ? "console.shift.stop" : "console.shift.start");
    this.button.classList.toggle("button--plain", this.on);
    byId("off-shift").hidden = this.on;
  }
}
