// The quick replies that still make sense: those of the newest line that has any.
import { el, byId } from "../elements.js";

const JOINED = "handoff.joined";

export class Replies {
  constructor({ dialled, quick_exits: exits, exit }, choose) {
    this.row = byId("replies");
    this.dialled = dialled;
    this.exits = new Set(exits);
    this.exit = exit;
    byId("replies-form").addEventListener("submit", (event) => {
      event.preventDefault();
      const button = event.submitter;
      this.clear();
      choose({ id: button.value, label: button.textContent.trim() });
    });
  }

  after(message) {
    if (["enquirer", "practitioner"].includes(message.speaker) || message.wording_id === JOINED) this.clear();
    else if (message.choices?.length) this.show(message.choices);
  }

  show(choices) {
    const held = this.row.contains(document.activeElement);
    this.row.replaceChildren(...choices.map((choice) => this.reply(choice)));
    if (held) this.keepFocus();
  }

  reply({ id, label }) {
    if (id in this.dialled) return el("a", { class: "reply reply--call", href: this.dialled[id] }, label);
    if (this.exits.has(id)) {
      return el("a", { class: "reply reply--exit", href: "/leave", rel: "noreferrer", "data-exit": this.exit }, label);
    }
    return el("button", { class: "reply", type: "submit", name: "choice", value: id }, label);
  }

  clear() {
    const held = this.row.contains(document.activeElement);
    this.row.replaceChildren();
    if (held) this.keepFocus();
  }

  // The pressed button is gone: the keyboard stays in its place instead of falling to the top.
  keepFocus() {
    this.row.tabIndex = -1;
    this.row.focus({ preventScroll: true });
  }
}
