// One conversation that this practitioner holds: what is said in it, by number, and the claim on it.
// What the service has stored is the truth; this follows it and keeps what is still on its way.
import { draftPanel, limitForm, passForm, phoneForm, recordForms, recordLine } from "./around.js";
import { noteLine, notesForm, priorityForm, releaseForm } from "./acts.js";
import { Drawer } from "./drawer.js";
import { Finish } from "./finish.js";
import { Unreached } from "./link.js";
import { Pen } from "./pen.js";
import { Reviews } from "./reviews.js";
import { Sending } from "./sending.js";
import { TalkView } from "./talk_view.js";
import { TranscriptView } from "./transcript.js";
import { senderOf } from "./wording.js";
import { t } from "../words.js";

const LATE_FACT = 1200;
const TYPING_SEEN = 8000;
const LAST_WORDS = 90;
const FIRST_HUMAN = "FIRST_HUMAN";

export class Talk {
  // desk: ask(command, payload), hint, boot, changed(talk), ended(talk, text), toLists(), announce(text)
  constructor(taken, desk) {
    this.desk = desk;
    this.conversation = taken.conversation;
    this.last = 0;
    this.state = null;
    this.unread = 0;
    this.lost = false;
    this.leaving = false;
    this.personTypes = false;
    this.lastWords = "";
    this.catching = null;
    this.timers = {};
    this.notesHeld = new Map();
    this.recordsHeld = new Map();
    this.colleagues = [];
    this.limit = null;
    this.task = null;
    this.seenAtLoss = null;
    this.drawer = new Drawer(taken.conversation);
    this.view = new TalkView();
    this.reviews = new Reviews({
      conversation: this.conversation, me: desk.boot.staff.id, ask: (command, payload) => this.ask(command, payload),
      status: (text) => desk.status(text), failed: (text) => this.view.danger(text),
    });
    this.build();
    this.opened(taken);
    this.sending.items.forEach((item) => this.transcript.pending(item));
    if (this.sending.items.length) this.sending.run();
  }

  build() {
    const view = this.view;
    this.drawer.hold(view.root);
    this.transcript = new TranscriptView({
      body: view.part("body"), scroll: view.part("scroll"), said: view.part("said"), sending: view.part("sending"),
      newer: view.root.querySelector("[data-act=newest]"),
    });
    this.sending = new Sending(this.drawer, (item) => this.deliver(item), (item, what, about) => this.told(item, what, about));
    this.pen = new Pen(view.form("say"), {
      limit: this.desk.boot.limit, drawer: this.drawer,
      acts: { send: (text) => this.say(text), typing: (on) => this.desk.hint("typing:set", { conversation: this.conversation, on }) },
    });
    notesForm(view.form("notes"), this);
    priorityForm(view.form("priority"), this);
    releaseForm(view.form("release"), this);
    passForm(view.form("pass"), this);
    phoneForm(view.form("phone"), this);
    recordForms(view, this);
    limitForm(view.form("limit"), this);
    draftPanel(view, this);
    this.finish = new Finish(view.form("finish"), this, this.desk.boot.goodbye);
    view.listen({
      lists: () => this.desk.toLists(), drop: () => this.dropped(), seen: () => this.seen(), newest: () => this.transcript.toEnd(),
      to_chat: () => this.backToChat(), part: () => this.part(),
    });
  }

  ask(command, payload) {
    return this.desk.ask(command, payload);
  }

  // Taken, or held again after the link was lost: the claim and all that is known by now.
  // Beside its owner: without a claim of one's own.
  opened({ entry, claim_version: version, briefing }) {
    this.beside = version === undefined;
    this.version = version ?? entry.claim_version;
    this.owner = entry.claimed_by;
    this.entry = entry.entry;
    this.reference = entry.reference;
    this.briefing = briefing;
    this.reclaimed();
    this.entryChanged(entry);
    briefing.notes.forEach((note) => this.noted(note));
    this.reviews.opened(briefing.reviews);
    [...briefing.safeguarding, ...briefing.emergency_calls].forEach((record) => this.recorded(record));
    this.limited(briefing.limit);
    this.colleaguesNow(briefing.colleagues);
    this.transcript.mark(briefing.reasons);
    briefing.messages.forEach((message) => this.take(message, { quietly: true }));
    this.showBriefing();
  }

  reclaimed() {
    if (!this.lost) return;
    this.lost = false;
    this.sending.stopped = false;
    this.pen.open();
    this.view.lost("");
  }

  recorded(record) {
    this.recordsHeld.set(record.record, record);
    const kept = [...this.recordsHeld.values()].sort((one, other) => one.at.localeCompare(other.at));
    this.view.records(kept.map((one) => recordLine(one, this.desk.boot)));
  }

  limited(limit) {
    this.limit = limit;
    this.view.limit(limit);
  }

  colleaguesNow(colleagues) {
    this.colleagues = colleagues;
    const me = colleagues.find(({ staff }) => staff === this.desk.boot.staff.id);
    this.speaks = !this.beside || Boolean(me?.speaks);
    this.view.beside(this.beside);
    if (!this.lost) this.speaks ? this.pen.open() : this.pen.close();
    const others = colleagues.filter((one) => one !== me);
    this.view.part("colleagues").textContent = others
      .map(({ name, speaks }) => t(speaks ? "console.colleagues.speaks" : "console.colleagues.reads", { name })).join(" ");
    if (this.beside && !me && this.state) this.desk.ended(this, t("console.parted", { reference: this.reference }));
  }

  async part() {
    const answer = await this.ask("conversation:part", { conversation: this.conversation }).catch(() => null);
    if (answer?.ok) this.ended(t("console.parted", { reference: this.reference }));
    else this.view.danger(answer?.error.message ?? t("console.unreached"));
  }

  async backToChat() {
    const answer = await this.ask("conversation:to_chat", { conversation: this.conversation }).catch(() => null);
    if (!answer?.ok) return this.view.danger(answer?.error.message ?? t("console.unreached"));
    this.view.part("on-phone").hidden = true;
    this.view.panel("briefing");
    return this.pen.text.focus();
  }

  // The link: nothing is sent over what a colleague wrote meanwhile before it is seen.
  linkLost() {
    this.seenAtLoss ??= this.last;
    this.sending.hold();
  }

  linkBack() {
    const since = this.seenAtLoss;
    this.seenAtLoss = null;
    const own = new Set(this.sending.items.map(({ ref }) => ref));
    const [other] = since === null ? [] : this.transcript.after(since)
      .filter((message) => message.speaker === "practitioner" && message.name !== this.desk.boot.staff.name && !own.has(message.client_ref));
    if (!other || !this.sending.items.length) return this.sending.letGo();
    const back = this.sending.takeBack();
    back.forEach((item) => this.transcript.drop(item.ref));
    this.pen.giveBack(back.map(({ text }) => text).join("\n"));
    this.view.meanwhile(t("console.meanwhile", { name: other.name }));
    this.desk.announce(t("console.meanwhile", { name: other.name }));
    return undefined;
  }

  showBriefing() {
    const acts = { go: (seq) => this.transcript.go(seq), labels: this.desk.boot.outcomes, review: (seq) => this.reviews.row(seq) };
    this.view.briefing(this.briefing, acts);
  }

  // Out.
  say(text) {
    this.view.meanwhile("");
    const item = this.sending.add(text);
    this.transcript.pending(item);
    if (this.sending.held) this.told(item, "failed");
  }

  deliver({ ref, text }) {
    const { conversation, version } = this;
    return this.ask("message:say", { conversation, client_ref: ref, text, claim_version: version });
  }

  told(item, what, about) {
    if (what === "sending") this.transcript.state(item.ref, "sending");
    if (what === "failed") this.transcript.state(item.ref, "failed", " ", this.view.again(() => this.sending.again(), "send.again"));
    if (what === "kept") this.kept(item, about);
    if (what === "refused") this.notSent(item, about);
  }

  kept(item, { seq }) {
    this.transcript.settled(item.ref, seq);
    this.desk.status(t("announce.sent"));
    if (seq > this.last) this.later("fact", () => this.catchUp().then(() => this.transcript.settled(item.ref, seq)), LATE_FACT);
  }

  notSent(item, error) {
    const back = this.view.again(() => {
      this.transcript.drop(item.ref);
      this.sending.drop(item);
      this.pen.giveBack(item.text);
    }, "send.edit");
    this.transcript.state(item.ref, "refused", error ? ` ${error.message} ` : " ", back);
    this.desk.announce(t("announce.failed"));
    if (error) this.refused(error);
  }

  // In: strictly by number; anything else asks for what lies between.
  take(message, { quietly = false } = {}) {
    if (message.seq <= this.last) return;
    if (message.seq !== this.last + 1) {
      this.catchUp();
      return;
    }
    this.last = message.seq;
    this.transcript.add(message);
    if (message.speaker === "enquirer") this.typing(false);
    if (message.speaker === "practitioner") this.answered(message.at);
    this.lastWords = `${senderOf(message)}: ${message.text.slice(0, LAST_WORDS)}`;
    if (!quietly && message.speaker !== "practitioner") this.news(message);
    this.desk.changed(this);
  }

  news(message) {
    if (this.desk.isInView(this)) {
      this.desk.announce(t("announce.said", { sender: senderOf(message), text: message.text }));
      return;
    }
    if (message.speaker !== "enquirer") return;
    this.unread += 1;
    this.desk.heard(this);
  }

  catchUp() {
    this.catching ??= this.fetchMissing().finally(() => {
      this.catching = null;
    });
    return this.catching;
  }

  async fetchMissing() {
    try {
      for (let found = null; found === null || (this.last < found.state.last_seq && found.messages.length > 0);) {
        found = await this.ask("messages:since", { conversation: this.conversation, seq: this.last });
        if (!found.ok) return;
        found.messages.forEach((message) => this.take(message));
        this.stateChanged(found.state);
      }
    } catch (error) {
      if (!(error instanceof Unreached)) throw error;
    }
  }

  stateChanged(state) {
    this.state = state.state;
    this.showHead();
    if (state.last_seq > this.last && !this.catching) this.later("fact", () => this.catchUp(), LATE_FACT);
  }

  colleagueTypes({ name, staff, on }) {
    if (staff === this.desk.boot.staff.id) return;
    this.view.part("typing").textContent = on ? t("console.typing.colleague", { name }) : t("console.typing");
    this.view.part("typing").hidden = !on;
    clearTimeout(this.timers.colleague);
    if (on) this.later("colleague", () => this.colleagueTypes({ name, staff, on: false }), TYPING_SEEN);
  }

  typing(on) {
    this.view.part("typing").textContent = t("console.typing");
    this.personTypes = on;
    this.view.part("typing").hidden = !on;
    if (on && this.transcript.stuck) this.transcript.toEnd();
    this.desk.changed(this);
    clearTimeout(this.timers.typing);
    if (on) this.later("typing", () => this.typing(false), TYPING_SEEN);
  }

  noted(note) {
    this.notesHeld.set(note.event, note);
    this.view.notes([...this.notesHeld.values()].map(noteLine));
  }

  // The first message of a practitioner meets the clocks that wait for one.
  answered(at) {
    const open = this.briefing.clocks.filter((clock) => clock.kind.startsWith(FIRST_HUMAN) && !clock.met_at);
    if (!open.length) return;
    open.forEach((clock) => Object.assign(clock, { met_at: at }));
    this.showBriefing();
    this.showHead();
  }

  // The entry as the queue tells it: priority and new words of concern. Another priority starts
  // other clocks: all that is known is asked for again.
  entryChanged(entry) {
    const before = this.priority;
    this.priority = entry.priority;
    this.showHead();
    if (before && before !== entry.priority) this.desk.holdAgain();
    const known = this.briefing.reasons;
    const fresh = entry.reasons.filter((reason) => !known.some((other) => isSame(other, reason)));
    if (!fresh.length) return;
    this.briefing = { ...this.briefing, reasons: [...fresh, ...known] };
    this.transcript.mark(this.briefing.reasons);
    this.showBriefing();
  }

  // Beside its owner: another owner, the queue again, another priority.
  entryMoved(entry) {
    this.version = entry.claim_version ?? this.version;
    this.owner = entry.claimed_by;
    this.entryChanged(entry);
  }

  prioritised(priority) {
    this.priority = priority;
    this.showHead();
    this.view.panel("briefing");
    this.desk.status(t("console.priority.done"));
    this.desk.changed(this);
  }

  showHead() {
    const own = this.state === "on_phone" ? "console.state.on_phone" : "console.state.with_you";
    const name = this.desk.nameOf(this.owner);
    const state = this.beside ? t(this.speaks ? "console.beside.speaks" : "console.beside.reads", { name }) : t(own);
    const { reference, priority, lost } = this;
    this.view.head({ reference, priority, state: lost ? "" : state, clock: lost ? null : this.briefing.clocks.find(isRunning) });
  }

  alarm(kind) {
    if (this.lost) return;
    this.view.danger(t(`console.danger.${kind}`));
  }

  seen() {
    this.view.danger("");
    this.desk.ask("alarm:acknowledge", { alarm: this.entry }).catch(() => {});
    this.view.focusHeading();
  }

  // The claim: kept alive while this console is; told plainly when it has passed on.
  async renew() {
    if (this.lost || this.leaving || this.beside) return;
    try {
      const answer = await this.ask("lease:renew", { entry: this.entry, claim_version: this.version });
      if (!answer.ok) this.refused(answer.error);
    } catch (error) {
      if (!(error instanceof Unreached)) throw error;
    }
  }

  refused(error) {
    if (error.code === "not_yours" || error.code === "closed") this.loseClaim(t("console.lost.passed"));
  }

  loseClaim(text) {
    if (this.lost || this.leaving) return;
    this.lost = true;
    this.pen.close();
    this.view.danger("");
    this.view.lost(text);
    this.sending.stop();
    this.showHead();
    this.desk.announce(`${this.reference}: ${text}`);
    this.desk.changed(this);
  }

  ended(text) {
    this.lost = true;
    this.drawer.empty();
    this.desk.ended(this, text);
  }

  dropped() {
    this.drawer.empty();
    this.desk.ended(this, "");
  }

  show(isShown) {
    const first = isShown && !this.wasShown;
    this.view.show(isShown);
    if (!isShown) return;
    this.wasShown = true;
    if ((first && this.transcript.isBeside) || this.unread) this.transcript.toEnd();
    this.transcript.scrolled();
    this.transcript.newer.hidden = this.transcript.stuck;
    this.unread = 0;
  }

  later(name, act, wait) {
    clearTimeout(this.timers[name]);
    this.timers[name] = setTimeout(act, wait);
  }
}

function isRunning(clock) {
  return !clock.met_at && !clock.missed_at;
}

function isSame(one, other) {
  return one.seq === other.seq && one.start === other.start && one.end === other.end;
}
