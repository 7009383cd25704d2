// A practitioner's messages on their way to one person: in order, one at a time, again until kept.
// Each keeps its own reference, so that one sent twice is kept once.
import { backOff } from "../chat/outbox.js";
import { newRef } from "../refs.js";

const AGAIN = new Set(["unavailable", "too_fast"]);

export class Sending {
  // deliver(item) yields an acknowledgement or throws; told(item, what, about): sending, failed,
  // kept, refused; keep: a drawer of kept words
  constructor(drawer, deliver, told) {
    this.drawer = drawer;
    this.deliver = deliver;
    this.told = told;
    this.items = JSON.parse(drawer.read("sending") || "[]");
    this.running = false;
    this.stopped = false;
    this.held = false;
    this.wake = null;
  }

  add(text) {
    const item = { ref: newRef(), text };
    this.items.push(item);
    this.save();
    this.run();
    return item;
  }

  again() {
    this.wake?.();
    this.run();
  }

  // Nothing leaves until it is let: what came in between is seen first.
  hold() {
    this.held = true;
    this.items.forEach((item) => this.told(item, "failed"));
  }

  letGo() {
    this.held = false;
    this.again();
  }

  // All that was not kept comes back as one text, to be read and sent again by hand.
  takeBack() {
    const back = this.items;
    this.items = [];
    this.save();
    this.held = false;
    this.wake?.();
    return back;
  }

  stop() {
    this.stopped = true;
    this.wake?.();
    this.items.forEach((item) => this.told(item, "refused", null));
  }

  drop(item) {
    this.items = this.items.filter((kept) => kept !== item);
    this.save();
  }

  save() {
    this.drawer.keep("sending", this.items.length ? JSON.stringify(this.items) : "");
  }

  async run() {
    if (this.running) return;
    this.running = true;
    let failures = 0;
    while (this.items.length && !this.stopped && !this.held) {
      const wait = await this.attempt(this.items[0], failures);
      failures = wait === null ? 0 : failures + 1;
      if (wait !== null) await this.pause(wait);
    }
    this.running = false;
  }

  // null when the item is settled, else milliseconds until the next attempt.
  async attempt(item, failures) {
    this.told(item, "sending");
    try {
      const answer = await this.deliver(item);
      if (answer.ok) return this.settle(item, "kept", answer);
      if (!AGAIN.has(answer.error.code)) return this.settle(item, "refused", answer.error);
      this.told(item, "failed", answer.error);
      return answer.error.retry_after ? answer.error.retry_after * 1000 : backOff(failures);
    } catch {
      this.told(item, "failed");
      return backOff(failures);
    }
  }

  settle(item, what, about) {
    this.drop(item);
    this.told(item, what, about);
    return null;
  }

  pause(wait) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, wait);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
