// The conversation with a script: the same page, kept up to date by number. What the service has
// stored is the truth; this page only follows it and keeps what is still on its way.
import "../leave.js";
import { byId, el } from "../elements.js";
import { newRef } from "../refs.js";
import { t } from "../words.js";
import { announce, status } from "./announcer.js";
import { said, showCode, showState } from "./banner.js";
import { Composer } from "./composer.js";
import { Lines } from "./lines.js";
import { Link, Unreached } from "./link.js";
import { Outbox } from "./outbox.js";
import { Replies } from "./replies.js";

const OFFLINE_AFTER = 2500;
const LATE_FACT = 1200;
const HELPER_SEEMS_LATE = 8000;
const HELPER_TYPES_AFTER = 400;

const START_REF = "start_ref";

class Conversation {
  constructor(boot) {
    this.started = boot.started;
    this.last = boot.last_seq;
    this.state = boot.state ?? { state: "with_bot", last_seq: 0 };
    this.unread = 0;
    this.catching = null;
    this.timers = {};
    this.lines = new Lines(boot.numbers);
    this.replies = new Replies(boot, (choice) => this.say(choice.label, choice.id));
    this.link = new Link({
      message: (message) => this.take(message),
      state: (state) => this.changed(state),
      typing: (typing) => this.typing(typing),
      up: () => this.up(),
      down: () => this.down(),
      look: () => this.catchUp(),
      gone: () => this.gone(),
    });
    this.outbox = new Outbox((item) => this.deliver(item), (item, what, about) => this.told(item, what, about));
    this.composer = new Composer(boot.limit, {
      send: (text) => this.say(text),
      typing: (on) => this.link.typing(on),
    });
  }

  open() {
    this.outbox.items.forEach((item) => this.lines.pending(item));
    this.lines.follow.settle();
    if (this.started) this.link.open();
    this.outbox.run();
    byId("person-form").addEventListener("submit", (event) => this.askForPerson(event));
    byId("finish-form").addEventListener("submit", (event) => this.finishing(event));
    byId("finish-dialog").addEventListener("close", (event) => this.finish(event.target.returnValue));
    addEventListener("online", () => this.again());
    addEventListener("offline", () => this.offline());
    document.addEventListener("visibilitychange", () => this.seen());
    if (!navigator.onLine) this.offline();
  }

  // Out: from the pen or a quick reply to the outbox, and on.
  say(text, choice = null) {
    const item = this.outbox.add(text, choice);
    if (!this.lines.ofRef(item.ref)) this.lines.pending(item);
  }

  async deliver(item) {
    if (!this.started && item.choice === null) return this.begin({ text: item.text, client_ref: item.ref }, item);
    if (!this.started) await this.begin({ client_ref: this.startRef() });
    return this.link.send(item);
  }

  startRef() {
    const kept = sessionStorage.getItem(START_REF) ?? newRef();
    sessionStorage.setItem(START_REF, kept);
    return kept;
  }

  async begin(payload, item = null) {
    const answer = await this.link.start(payload);
    if (!answer.ok) return answer;
    sessionStorage.removeItem(START_REF);
    this.started = true;
    this.lines.clearGreeting();
    this.last = 0;
    showCode(answer.resume_code);
    answer.messages.forEach((message) => this.take(message));
    this.changed(answer.state);
    this.link.open();
    const own = item && answer.messages.find((message) => message.client_ref === item.ref);
    return own ? { ok: true, seq: own.seq, at: own.at } : { ok: true };
  }

  told(item, what, about) {
    if (what === "sending") this.lines.state(item.ref, "sending");
    if (what === "failed") this.failed(item);
    if (what === "kept") this.kept(item, about);
    if (what === "refused") this.refused(item, about);
  }

  failed(item) {
    const again = el("button", { type: "button", class: "button button--plain", on: { click: () => this.outbox.retry() } }, t("send.again"));
    this.lines.state(item.ref, "failed", again);
    status(t("announce.failed"));
  }

  kept(item, { seq }) {
    if (seq <= this.last) this.lines.drop(item.ref);
    else this.lines.state(item.ref, "sent");
    status(t("announce.sent"));
    if (seq > this.last) this.later("fact", () => this.catchUp(), LATE_FACT);
    if (this.state.state === "with_bot") this.helperTypes();
  }

  // Words that the service will not take as they are go back to the pen.
  refused(item, error) {
    const change = el("button", { type: "button", class: "button button--plain", on: { click: () => this.change(item) } }, t("send.edit"));
    this.lines.state(item.ref, "refused", ` ${error.message} `, change);
    announce(`${t("send.refused")} ${error.message}`);
  }

  change(item) {
    this.lines.drop(item.ref);
    this.composer.fill(item.text);
    this.composer.text.focus();
  }

  // In: strictly by number; anything else asks for what lies between.
  take(message) {
    if (message.seq <= this.last) return;
    if (message.seq !== this.last + 1) {
      this.catchUp();
      return;
    }
    this.last = message.seq;
    this.lines.add(message);
    this.replies.after(message);
    if (message.speaker === "enquirer") return;
    this.typing({ speaker: message.speaker, on: false });
    announce(t("announce.said", { sender: message.name || t(`sender.${message.speaker}`), text: message.text }));
    this.count();
  }

  catchUp() {
    this.catching ??= this.fetchMissing().finally(() => {
      this.catching = null;
    });
    return this.catching;
  }

  async fetchMissing() {
    if (!this.started) return;
    try {
      for (let found = null; found === null || (this.last < found.state.last_seq && found.messages.length > 0);) {
        found = await this.link.since(this.last);
        if (!found.ok) return;
        this.reached();
        found.messages.forEach((message) => this.take(message));
        this.changed(found.state);
      }
    } catch (error) {
      if (!(error instanceof Unreached)) throw error;
      this.down();
    }
  }

  changed(state) {
    const before = this.state;
    this.state = state;
    showState(state);
    if (before.state !== state.state) status(said(state));
    if (state.state !== "with_practitioner") byId("typing").hidden = true;
    if (state.last_seq > this.last && !this.catching) this.later("fact", () => this.catchUp(), LATE_FACT);
  }

  typing({ speaker, on }) {
    clearTimeout(this.timers.helper);
    const name = this.state.speaking_with || t("sender.practitioner");
    const text = speaker === "practitioner" ? t("chat.typing.practitioner", { name }) : t("chat.typing.bot");
    byId("typing-text").textContent = on ? text : "";
    byId("typing").hidden = !on;
    if (!on) return;
    this.lines.follow.grown(false);
    this.later("helper", () => this.typing({ speaker, on: false }), HELPER_SEEMS_LATE);
  }

  helperTypes() {
    this.later("types", () => {
      const answered = this.lines.lastLine()?.dataset.speaker !== "enquirer";
      if (!answered && this.state.state === "with_bot") this.typing({ speaker: "bot", on: true });
    }, HELPER_TYPES_AFTER);
  }

  // The link.
  up() {
    this.reached();
    this.catchUp();
    this.outbox.retry();
  }

  reached() {
    clearTimeout(this.timers.offline);
    this.timers.offline = null;
    if (byId("offline").hidden) return;
    byId("offline").hidden = true;
    status(t("offline.back"));
  }

  down() {
    if (!this.timers.offline) this.later("offline", () => this.offline(), OFFLINE_AFTER);
  }

  offline() {
    if (!byId("offline").hidden) return;
    byId("offline").hidden = false;
    announce(`${t("offline.text")} ${t("offline.help")}`);
  }

  again() {
    this.link.again();
    this.catchUp();
    this.outbox.retry();
  }

  // This device no longer opens the conversation: show what is true, unless words would be lost.
  gone() {
    if (this.outbox.empty()) location.reload();
  }

  seen() {
    if (document.hidden) return;
    this.unread = 0;
    document.title = t("chat.title");
    this.again();
  }

  count() {
    if (!document.hidden) return;
    this.unread += 1;
    document.title = t("chat.title.new", { count: this.unread });
  }

  // What the buttons do.
  async askForPerson(event) {
    event.preventDefault();
    byId("person").disabled = true;
    try {
      if (!this.started) await this.begin({ client_ref: this.startRef() });
      const answer = await this.link.askForPerson();
      if (answer.ok) this.changed(answer.state);
      else announce(answer.error.message);
    } catch {
      this.offline();
    }
    byId("person").disabled = false;
    this.catchUp();
  }

  finishing(event) {
    if (event.submitter.value !== "finish") {
      sessionStorage.clear();
      return;
    }
    event.preventDefault();
    byId("finish-dialog").showModal();
  }

  async finish(wish) {
    if (wish !== "finish") return;
    document.querySelector(".options").open = false;
    try {
      await this.link.leave("done");
      status(t("chat.finished"));
      byId("who-text").textContent = t("chat.finished");
    } catch {
      this.offline();
    }
    this.catchUp();
  }

  later(name, act, after) {
    clearTimeout(this.timers[name]);
    this.timers[name] = setTimeout(act, after);
  }
}

new Conversation(JSON.parse(byId("chat").dataset.chat)).open();
