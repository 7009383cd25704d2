// Messages on their way: in order, one at a time, again until they are kept. Lost with the tab only.
import { newRef } from "../refs.js";

const STORE = "outbox";
const FIRST_WAIT = 500;
const LONGEST_WAIT = 15000;
const GIVEN_UP = new Set(["too_long", "bad_command", "closed", "not_signed_in", "not_allowed", "not_found"]);

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(STORE)) ?? [];
  } catch {
    return [];
  }
}

export class Outbox {
  // deliver(item) yields an acknowledgement or throws when the service cannot be reached.
  // told(item, what, error): sending, failed, kept or refused.
  constructor(deliver, told) {
    this.deliver = deliver;
    this.told = told;
    this.items = read();
    this.running = false;
    this.wake = null;
  }

  add(text, choice = null) {
    const item = { ref: newRef(), text, choice };
    this.items.push(item);
    this.save();
    this.run();
    return item;
  }

  retry() {
    this.wake?.();
    this.run();
  }

  empty() {
    return this.items.length === 0;
  }

  save() {
    try {
      sessionStorage.setItem(STORE, JSON.stringify(this.items));
    } catch {
      // Without storage the words live as long as the page does.
    }
  }

  async run() {
    if (this.running) return;
    this.running = true;
    let failures = 0;
    while (this.items.length) {
      const wait = await this.attempt(this.items[0], failures);
      failures = wait === null ? 0 : failures + 1;
      if (wait !== null) await this.pause(wait);
    }
    this.running = false;
  }

  // null when the item is settled, else milliseconds until the next attempt.
  async attempt(item, failures) {
    this.told(item, "sending");
    let answer;
    try {
      answer = await this.deliver(item);
    } catch {
      this.told(item, "failed");
      return backOff(failures);
    }
    if (answer.ok) return this.settle(item, "kept", answer);
    const error = answer.error;
    if (GIVEN_UP.has(error.code)) return this.settle(item, "refused", error);
    this.told(item, "failed", error);
    return error.retry_after ? error.retry_after * 1000 : backOff(failures);
  }

  settle(item, what, answer) {
    this.items = this.items.filter((kept) => kept !== item);
    this.save();
    this.told(item, what, answer);
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

export function backOff(failures) {
  const longest = Math.min(FIRST_WAIT * 2 ** failures, LONGEST_WAIT);
  return longest / 2 + Math.random() * (longest / 2);
}
