// The practitioner's desk: who waits, the conversations of one's own, the alarm, the link.
import { announce, status } from "../chat/announcer.js";
import { byId } from "../elements.js";
import { t } from "../words.js";
import { Alarm } from "./alarm.js";
import { fillColleagues } from "./around.js";
import { Box } from "./box.js";
import { emptyAll } from "./drawer.js";
import { Here, showOthers } from "./here.js";
import { listenForKeys } from "./keys.js";
import { Link, Unreached } from "./link.js";
import { showMine } from "./mine.js";
import { setNow, whenShort } from "./moments.js";
import { Offers } from "./offers.js";
import { Queue } from "./queue.js";
import { Shift } from "./shift.js";
import { TakeBox } from "./take.js";
import { Talk } from "./talk.js";
import { Waiting, refresh } from "./waiting.js";
import { priorityName } from "./wording.js";

const LINK_LOST_AFTER = 2000;
const TIMES_EVERY = 10;

class Desk {
  constructor(boot) {
    this.boot = boot;
    this.talks = new Map();
    this.shown = null;
    this.here = new Here(boot.staff.id);
    this.surge = { on: false };
    this.returned = new Set();
    this.beats = 0;
    this.lostTimer = null;
    this.announce = announce;
    this.status = status;
    this.queue = new Queue({ changed: () => this.queueChanged(), missing: () => this.fetchQueue() });
    this.waiting = new Waiting((entry) => this.pick(entry), boot.supervises ? (entry) => this.give(entry) : null);
    this.alarm = new Alarm(boot.alarm_seconds, (entries) => this.heardAlarm(entries));
    this.box = new TakeBox((entry, reason) => this.take("entry:take", { entry: entry.entry, reason }));
    this.boxes();
    this.link = new Link({
      up: () => this.up(), down: () => this.down(), gone: () => location.reload(), fact: (name, told) => this.fact(name, told),
    });
    this.shift = new Shift((command, payload) => this.ask(command, payload), (on, presence) => this.onShift(on, presence));
  }

  boxes() {
    const colleagues = (form) => fillColleagues(form.querySelector("select"), this.free());
    this.offers = new Offers(new Box("refuse", { needed: ["reason"] }), {
      accept: (offer) => this.accept(offer), refuse: (offer, reason) => this.answer(offer, false, reason), announce: (text) => this.announce(text),
    });
    this.handOver = new Box("handover", {
      needed: ["to", "summary", "signed"], before: colleagues,
      faults: {
        signed: { field: "signed", text: "console.handover.fault.signed" }, "to.id": { field: "to", text: "console.handover.fault.to" },
        nothing_held: { field: "", text: "console.handover.fault.nothing" },
      },
    });
    byId("hand-over").addEventListener("click", () => this.handOver.open("", (fields) => this.handAllOver(fields)));
    if (!this.boot.supervises) return;
    this.giveBox = new Box("give", { needed: ["to", "reason"], before: colleagues, faults: { to: { field: "to", text: "console.pass.fault" } } });
    this.surgeBox = new Box("surge", { needed: ["reason"] });
    byId("surge-set").addEventListener("click", () => this.surgeBox.open("", ({ reason }) => this.ask("surge:set", { on: !this.surge.on, reason })));
  }

  open() {
    byId("next").addEventListener("click", () => this.next());
    byId("shift").addEventListener("click", () => this.alarm.allow());
    byId("sign-out").addEventListener("submit", emptyAll);
    listenForKeys({
      KeyN: () => this.next(), KeyM: () => this.following(), KeyW: () => this.shown?.pen.text.focus(),
      KeyB: () => this.shown?.view.panel("briefing"), KeyL: () => this.toLists(),
    });
    const beat = new Worker("/static/console/beat.js");
    beat.addEventListener("message", () => this.beat());
    addEventListener("online", () => this.link.open());
    document.addEventListener("visibilitychange", () => this.readNow());
    if (this.shift.on) this.alarm.shift(true);
    this.link.open();
  }

  ask(command, payload) {
    return this.link.ask(command, payload);
  }

  hint(command, payload) {
    this.link.hint(command, payload);
  }

  // The link.
  async up() {
    clearTimeout(this.lostTimer);
    this.lostTimer = null;
    byId("link-trouble").hidden = true;
    byId("next").disabled = false;
    await this.shift.up();
    await this.holdAgain();
  }

  // What this practitioner still holds is true again; what is not among it has passed on.
  async holdAgain() {
    const before = [...this.talks.values()];
    const answer = await this.ask("entry:mine").catch(() => null);
    if (!answer?.ok) return;
    this.offers.opened(answer.offers);
    answer.taken.push(...answer.beside);
    const held = new Set(answer.taken.map((taken) => taken.conversation));
    for (const talk of before) {
      if (!held.has(talk.conversation)) talk.loseClaim(t("console.lost.link"));
    }
    for (const taken of answer.taken) {
      const talk = this.put(taken);
      await talk.catchUp();
      talk.linkBack();
    }
    this.showLists();
    if (!this.shown && answer.taken.length) this.choose(this.talks.get(answer.taken[0].conversation), { focus: false });
  }

  down() {
    this.queue.lost();
    this.talks.forEach((talk) => talk.linkLost());
    this.shift.down();
    byId("next").disabled = true;
    this.lostTimer ??= setTimeout(() => {
      byId("link-trouble").hidden = false;
    }, LINK_LOST_AFTER);
  }

  beat() {
    this.beats += 1;
    this.alarm.beat();
    if (this.beats % Math.max(1, Math.floor(this.boot.renew_seconds)) === 0) this.talks.forEach((talk) => talk.renew());
    if (this.beats % TIMES_EVERY === 0) refresh(document);
  }

  // Facts.
  fact(name, told) {
    if (name === "queue:snapshot") return this.snapshot(told);
    if (name === "surge:changed") return this.surgeNow(told);
    if (name === "transfer:offered" || name === "hand_over:offered") return this.offered(told);
    if (name === "transfer:ended" || name === "hand_over:ended") return this.offerEnded(told);
    if (name.startsWith("entry:")) return this.entryFact(name, told);
    if (name === "presence:changed") return this.presence([told]);
    if (name === "alarm:raised") return this.alarmRaised(told);
    const talk = this.talks.get(told.conversation);
    if (!talk || talk.lost) return undefined;
    if (name === "message:posted") return talk.take(told);
    if (name === "conversation:changed") return talk.stateChanged(told);
    if (name === "typing:changed") return told.speaker === "practitioner" ? talk.colleagueTypes(told) : talk.typing(told.on);
    if (name === "colleagues:changed") return talk.colleaguesNow(told.colleagues);
    if (name === "safeguarding:recorded" || name === "emergency:recorded") return talk.recorded(told);
    if (name === "limit:changed") return talk.limited(told.limit);
    if (name === "note:added") return talk.noted(told);
    if (name === "screening:reviewed") return talk.reviews.reviewed(told);
    return undefined;
  }

  entryFact(name, entry) {
    if (name === "entry:released") this.cameBack(entry);
    if (name === "entry:taken") this.takenBy(entry);
    const talk = this.talks.get(entry.conversation);
    if (talk && !talk.lost && entry.entry === talk.entry) this.whose(talk, entry);
    this.queue.fact(entry);
  }

  // Somebody whose practitioner had to leave, or was lost: said in the list and aloud.
  cameBack(entry) {
    this.returned.add(entry.entry);
    this.announce(t("console.announce.returned", { reference: entry.reference, priority: priorityName(entry.priority) }));
  }

  // Given to this practitioner by somebody else: opened at once, and they are called to it.
  takenBy(entry) {
    this.returned.delete(entry.entry);
    const held = this.talks.get(entry.conversation);
    if (entry.claimed_by !== this.boot.staff.id || (held && !held.lost && !held.beside) || this.taking) return;
    this.holdAgain().then(() => {
      this.announce(t("console.given", { reference: entry.reference }));
      this.alarm.call();
    });
  }

  whose(talk, entry) {
    if (talk.beside && entry.state !== "done") return talk.entryMoved(entry);
    const mine = entry.state === "claimed" && entry.claimed_by === this.boot.staff.id;
    if (mine) return talk.entryChanged(entry);
    if (entry.claim_version !== undefined && entry.claim_version < talk.version) return undefined;
    if (entry.state === "claimed") return talk.loseClaim(t("console.lost.colleague", { name: this.nameOf(entry.claimed_by) }));
    return talk.loseClaim(t(entry.state === "done" ? "console.lost.closed" : "console.lost.returned"));
  }

  alarmRaised({ entry, kind }) {
    if (!entry) return; // the service's own: told to whoever runs it
    for (const talk of this.talks.values()) {
      if (talk.entry !== entry || kind === "entry_waiting") continue;
      talk.alarm(kind);
      this.alarm.call();
    }
    const waits = this.queue.of(entry)?.state === "waiting";
    if (waits && kind !== "entry_waiting") this.alarm.call();
  }

  presence(listed) {
    this.here.put(listed);
    this.queueChanged();
  }

  nameOf(staff) {
    return this.here.nameOf(staff);
  }

  free() {
    return this.here.free();
  }

  snapshot(told) {
    this.surgeNow(told.surge);
    this.here.put(told.presence);
    this.queue.snapshot(told);
  }

  surgeNow(surge) {
    this.surge = surge;
    byId("surge").hidden = !surge.on;
    byId("surge-text").textContent = surge.on ? t("console.surge.on", { ...surge, at: whenShort(surge.at) }) : "";
    const button = byId("surge-set");
    if (button) button.textContent = t(surge.on ? "console.surge.stop" : "console.surge.start");
  }

  // Offers between colleagues.
  offered(offer) {
    const forMe = offer.to.kind !== "specialty" || this.boot.specialties.includes(offer.to.id);
    if (!forMe || offer.from.id === this.boot.staff.id) return;
    this.offers.offered(offer);
    this.alarm.call();
  }

  offerEnded(told) {
    this.offers.ended(told);
    const key = `console.offer.ended.${told.how}`;
    const mine = told.transfer ? this.talks.has(told.conversation) : !byId("hand-over").hidden;
    if (mine && told.how !== "withdrawn") this.announce(t(key, { reason: told.reason ?? "" }));
  }

  answer(offer, accept, reason) {
    const payload = { accept, ...(reason ? { reason } : {}) };
    if (offer.hand_over) return this.ask("hand_over:answer", { hand_over: offer.hand_over, ...payload });
    return this.ask("transfer:answer", { transfer: offer.transfer, ...payload });
  }

  async accept(offer) {
    this.taking = true;
    const answer = await this.answer(offer, true).finally(() => {
      this.taking = false;
    });
    if (!answer.ok) return answer;
    const taken = answer.taken ?? [answer];
    const talks = taken.map((one) => this.put(one));
    if (talks.length) this.choose(talks[0]);
    return answer;
  }

  async handAllOver({ to, summary, signed }) {
    const answer = await this.ask("shift:hand_over", { to: { kind: "staff", id: to }, summary, signed });
    if (answer.ok) this.status(t("console.handover.done", { name: this.nameOf(to) }));
    return answer;
  }

  give(entry) {
    const who = t("console.give.who", { reference: entry.reference, priority: priorityName(entry.priority) });
    this.giveBox.open(who, ({ to, reason }) => this.ask("entry:reassign", { entry: entry.entry, to, reason }));
  }

  async join(entry, speak) {
    this.trouble("");
    const answer = await this.ask("conversation:join", { conversation: entry.conversation, speak }).catch(() => null);
    if (answer?.ok) this.choose(this.put(answer));
    else this.trouble(answer?.error.message ?? t("console.unreached"));
  }

  onShift(on, presence) {
    this.presence(presence);
    this.alarm.shift(on);
    this.status(t(on ? "console.shift.on" : "console.shift.off"));
    this.queueChanged();
  }

  async fetchQueue() {
    const answer = await fetch("/api/staff/queue", { cache: "no-store" }).catch(() => null);
    if (answer?.ok) this.queue.snapshot(await answer.json());
  }

  queueChanged() {
    if (!this.queue.known) return;
    const waiting = this.queue.inOrder("waiting");
    this.waiting.show(waiting, this.returned);
    const others = this.queue.inOrder("claimed").filter((entry) => entry.claimed_by !== this.boot.staff.id);
    const give = this.boot.supervises ? (entry) => this.give(entry) : null;
    showOthers(others, (staff) => this.nameOf(staff), { join: (entry, speak) => this.join(entry, speak), give });
    this.alarm.waitingNow(waiting);
  }

  async heardAlarm(entries) {
    for (const entry of entries) await this.ask("alarm:acknowledge", { alarm: entry.entry }).catch(() => {});
    byId("next").focus();
  }

  // Taking.
  next() {
    return this.take("entry:next", {});
  }

  pick(entry) {
    if (this.queue.inOrder("waiting")[0]?.entry === entry.entry) this.take("entry:take", { entry: entry.entry });
    else this.box.open(entry);
  }

  async take(command, payload) {
    if (byId("next").disabled) return;
    byId("next").disabled = true;
    this.taking = true;
    this.trouble("");
    try {
      const answer = await this.ask(command, payload);
      if (!answer.ok) this.trouble(answer.error.message);
      else if (answer.entry === null) this.trouble(t("console.next.nobody"));
      else this.choose(this.put(answer));
    } catch (error) {
      if (!(error instanceof Unreached)) throw error;
      this.trouble(t("console.unreached"));
    }
    this.taking = false;
    byId("next").disabled = !this.link.connected;
  }

  trouble(text) {
    byId("lists-trouble").textContent = text;
    byId("lists-trouble").hidden = !text;
  }

  put(taken) {
    const held = this.talks.get(taken.conversation);
    if (held) {
      held.opened(taken);
      return held;
    }
    const talk = new Talk(taken, this);
    talk.show(false);
    this.talks.set(taken.conversation, talk);
    return talk;
  }

  // Going from one to another.
  choose(talk, { focus = true } = {}) {
    this.shown = talk;
    byId("talks-none").hidden = true;
    document.body.dataset.view = "talk";
    for (const other of this.talks.values()) other.show(other === talk);
    this.readNow();
    this.showLists();
    if (focus) talk.view.focusHeading();
  }

  following() {
    const talks = [...this.talks.values()];
    if (talks.length) this.choose(talks[(talks.indexOf(this.shown) + 1) % talks.length]);
  }

  toLists() {
    document.body.dataset.view = "lists";
    this.showLists();
    byId("lists").focus();
  }

  isInView(talk) {
    const onScreen = document.body.dataset.view === "talk" || matchMedia("(min-width: 60rem)").matches;
    return this.shown === talk && onScreen && !document.hidden;
  }

  readNow() {
    if (!this.shown || !this.isInView(this.shown)) return;
    this.shown.unread = 0;
    this.showLists();
  }

  heard(talk) {
    this.announce(t("console.announce.new", { reference: talk.reference }));
  }

  changed() {
    this.listing ??= setTimeout(() => {
      this.listing = null;
      this.showLists();
    });
  }

  showLists() {
    const talks = [...this.talks.values()];
    showMine(talks, this.shown, (talk) => this.choose(talk));
    byId("hand-over").hidden = !talks.some((talk) => !talk.lost && !talk.beside);
    this.alarm.unreadNow(talks.reduce((count, talk) => count + talk.unread, 0));
  }

  ended(talk, text) {
    this.talks.delete(talk.conversation);
    talk.view.remove();
    if (text) this.announce(text);
    this.shown = null;
    byId("talks-none").hidden = false;
    byId("talks-none").textContent = text || t("console.talk.none");
    this.toLists();
    byId("next").focus();
  }
}

const boot = JSON.parse(document.body.dataset.console);
setNow(boot.now);
new Desk(boot).open();
