// Keeps what is being typed, for one conversation, until it is done: a reload loses no word. It
// lives in this tab alone and is emptied at sign-out.
const PREFIX = "talk";

function stored(act) {
  try {
    return act(sessionStorage);
  } catch {
    return null;
  }
}

export class Drawer {
  constructor(conversation) {
    this.conversation = conversation;
  }

  key(name) {
    return `${PREFIX}:${this.conversation}:${name}`;
  }

  keep(name, text) {
    stored((storage) => (text ? storage.setItem(this.key(name), text) : storage.removeItem(this.key(name))));
  }

  read(name) {
    return stored((storage) => storage.getItem(this.key(name))) ?? "";
  }

  // Fields with data-keep: filled with what was there, kept at every change.
  hold(root) {
    for (const field of root.querySelectorAll("[data-keep]")) {
      const kept = this.read(field.dataset.keep);
      if (kept) field.value = kept;
      field.addEventListener("input", () => this.keep(field.dataset.keep, field.value));
    }
  }

  empty() {
    const start = this.key("");
    stored((storage) => Object.keys(storage).filter((key) => key.startsWith(start)).forEach((key) => storage.removeItem(key)));
  }
}

export function emptyAll() {
  stored((storage) => storage.clear());
}
