// Calls a practitioner who looks elsewhere: a strip, the title, a sound, a notice without content.
// It repeats until every waiting entry is taken or somebody has said that they have heard it.
import { byId } from "../elements.js";
import { t } from "../words.js";
import { canSound, ring, unlock } from "./sound.js";

const PRESSING = new Set(["emergency", "very_urgent"]);

export class Alarm {
  constructor(every, heard) {
    this.every = every * 1000;
    this.ringing = [];
    this.onShift = false;
    this.last = -Infinity;
    this.unread = 0;
    this.waiting = 0;
    byId("alarm-heard").addEventListener("click", () => heard(this.ringing));
    for (const event of ["pointerdown", "keydown"]) {
      addEventListener(event, () => this.onShift && !canSound() && unlock(() => this.show()), { passive: true });
    }
  }

  shift(on) {
    this.onShift = on;
    this.show();
  }

  // At the start of a shift, by a press: the browser asks once whether it may call.
  allow() {
    unlock();
    if ("Notification" in window && Notification.permission === "default") Notification.requestPermission();
  }

  waitingNow(entries) {
    const before = new Set(this.ringing.map((entry) => entry.entry));
    this.waiting = entries.length;
    this.ringing = entries.filter((entry) => !entry.acknowledged);
    const isNew = this.ringing.some((entry) => !before.has(entry.entry));
    this.show();
    if (isNew) this.call();
  }

  // Once a second from the beat.
  beat() {
    if (this.ringing.length && performance.now() - this.last >= this.every) this.call();
  }

  call() {
    if (!this.onShift) return;
    this.last = performance.now();
    ring(this.ringing.some((entry) => PRESSING.has(entry.priority)) ? 3 : 1);
    this.notice();
  }

  notice() {
    if (!document.hidden || !("Notification" in window) || Notification.permission !== "granted") return;
    const notice = new Notification(t("console.notice"), { tag: "waiting", renotify: true });
    notice.addEventListener("click", () => {
      window.focus();
      notice.close();
    });
  }

  unreadNow(count) {
    this.unread = count;
    this.title();
  }

  show() {
    const count = this.ringing.length;
    const silent = canSound() ? "" : ` ${t("console.alarm.silent")}`;
    const text = t(count === 1 ? "console.alarm.one" : "console.alarm.many", { count }) + silent;
    if (byId("alarm-text").textContent !== text) byId("alarm-text").textContent = text;
    byId("alarm").hidden = !count || !this.onShift;
    this.title();
  }

  title() {
    const parts = [];
    if (this.waiting) parts.push(t("console.title.waiting", { count: this.waiting }));
    if (this.unread) parts.push(t("console.title.new", { count: this.unread }));
    document.title = parts.length ? `(${parts.join(", ")}) ${t("console.title")}` : t("console.title");
  }
}
