// The outcome form: what came of it, what was agreed, who is next and by when, and the goodbye as
// the person will read it.
import { el } from "../elements.js";
import { fromLondon, toLondon } from "../times.js";
import { t } from "../words.js";
import { clearErrors, fieldOf, focusFirstError, showError, showTrouble, submit } from "./forms.js";
import { inWords, now, whenShort } from "./moments.js";
import { named } from "./wording.js";

const HOUR = 3600000;
const EXTRA = ["incident_reference", "reason", "duplicate_of"];
const MIXED = 2;
const TYPED = ["plan_for_person", "next_step", ...EXTRA];

export class Finish {
  constructor(form, talk, goodbye) {
    Object.assign(this, { form, talk, goodbye });
    this.boxes = [...form.querySelectorAll("[name^=outcomes]")];
    this.filter = this.part("filter");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    form.addEventListener("input", () => this.changed());
    form.addEventListener("click", (event) => this.soon(event.target.closest("[data-soon]")));
    this.filter.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
    this.restore();
    this.changed();
  }

  part(name) {
    return this.form.querySelector(`[data-part="${name}"]`);
  }

  field(name) {
    return this.form.querySelector(`[name="${name}"]`);
  }

  get chosen() {
    return this.boxes.filter((box) => box.checked);
  }

  get owner() {
    const who = this.form.querySelector("[data-owner]:checked")?.value;
    if (!who) return "";
    return who === "other" ? this.field("owner_name").value.trim() : t(`console.finish.owner.${who}.said`);
  }

  get mixes() {
    return this.field("stream").selectedOptions[0].dataset.mixes === "yes";
  }

  get specialties() {
    return [...this.form.querySelectorAll("[data-specialty]:checked")].map((box) => box.value);
  }

  get due() {
    const written = this.field("due_at").value;
    return written ? fromLondon(written) : null;
  }

  changed() {
    this.list();
    const codes = this.chosen;
    const needs = new Set(codes.flatMap((box) => box.dataset.needs.split(",")));
    EXTRA.forEach((name) => {
      fieldOf(this.form, name).hidden = !needs.has(name);
    });
    fieldOf(this.form, "stream").hidden = !needs.has("stream");
    fieldOf(this.form, "specialties").hidden = !needs.has("stream") || !this.mixes;
    this.part("owner-other").hidden = this.form.querySelector("[data-owner]:checked")?.value !== "other";
    const ends = codes.every((box) => box.dataset.ends === "yes");
    this.say("finish-kind", codes.length ? t(ends ? "console.finish.ends" : "console.finish.tracked") : "");
    this.say("goodbye", this.goodbyeNow());
    this.keep();
  }

  // The boxes that fit the filter, and what is chosen whether it fits or not.
  list() {
    const wanted = this.filter.value.trim().toLowerCase();
    let fitting = 0;
    for (const box of this.boxes) {
      const row = box.closest("[data-outcome]");
      row.hidden = !row.dataset.outcome.toLowerCase().includes(wanted);
      fitting += row.hidden ? 0 : 1;
    }
    for (const group of this.form.querySelectorAll("[data-group]")) {
      group.hidden = !group.querySelector("[data-outcome]:not([hidden])");
    }
    this.say("filter-count", wanted ? t("console.finish.fitting", { count: fitting }) : "");
    this.showChosen();
  }

  showChosen() {
    const list = this.part("chosen");
    const labels = this.chosen.map((box) => box.closest("[data-outcome]").dataset.outcome);
    if (list.dataset.labels === labels.join("|")) return;
    list.dataset.labels = labels.join("|");
    list.replaceChildren(...labels.map((label) => el("li", {}, label)));
    list.hidden = !labels.length;
  }

  goodbyeNow() {
    const gap = t("console.finish.gap");
    const plan = this.field("plan_for_person").value.trim().replace(/\.+$/, "") || gap;
    const due = this.due ? inWords(this.due) : gap;
    const filled = { plan, next_owner: this.owner || gap, next_step: this.field("next_step").value.trim() || gap, due };
    return this.goodbye.replace(/\{(\w+)\}/g, (_, name) => filled[name] ?? "");
  }

  say(name, text) {
    if (this.part(name).textContent !== text) this.part(name).textContent = text;
  }

  soon(button) {
    if (!button) return;
    const moment = new Date(now());
    if (button.dataset.soon === "hours") this.field("due_at").value = toLondon(now() + 4 * HOUR);
    else {
      moment.setUTCDate(moment.getUTCDate() + (button.dataset.soon === "tomorrow" ? 1 : 7));
      this.field("due_at").value = `${toLondon(moment).slice(0, 10)}T10:00`;
    }
    this.talk.drawer.keep("due_at", this.field("due_at").value);
    this.changed();
  }

  // Ticks have no text of their own: they are kept together.
  keep() {
    const ticks = {
      codes: this.chosen.map((box) => box.value),
      agreed: this.form.querySelector("[data-agreed]").checked,
      specialties: this.specialties,
      owner: this.form.querySelector("[data-owner]:checked")?.value ?? "",
    };
    const any = ticks.codes.length || ticks.agreed || ticks.owner;
    this.talk.drawer.keep("finish", any ? JSON.stringify(ticks) : "");
  }

  restore() {
    const ticks = JSON.parse(this.talk.drawer.read("finish") || "null");
    if (!ticks) return;
    this.boxes.forEach((box) => {
      box.checked = ticks.codes.includes(box.value);
    });
    this.form.querySelector("[data-agreed]").checked = ticks.agreed;
    this.form.querySelectorAll("[data-specialty]").forEach((box) => {
      box.checked = ticks.specialties.includes(box.value);
    });
    this.form.querySelectorAll("[data-owner]").forEach((radio) => {
      radio.checked = radio.value === ticks.owner;
    });
  }

  wish() {
    const wish = {
      conversation: this.talk.conversation, claim_version: this.talk.version,
      outcomes: this.chosen.map((box) => box.value),
      agreed_with_person: this.form.querySelector("[data-agreed]").checked,
    };
    for (const name of TYPED) {
      const hidden = EXTRA.includes(name) && fieldOf(this.form, name).hidden;
      const text = this.field(name).value.trim();
      if (text && !hidden) wish[name] = text;
    }
    if (this.owner) wish.next_owner = this.owner;
    if (this.due) wish.due_at = this.due;
    if (!fieldOf(this.form, "stream").hidden) wish.stream = this.field("stream").value;
    if (!fieldOf(this.form, "specialties").hidden) wish.specialties = this.specialties;
    return wish;
  }

  // A stream is chosen where an outcome asks for one; a mixed one is for two specialties or more.
  lacksStream() {
    const shown = (name) => !fieldOf(this.form, name).hidden;
    if (shown("stream") && !this.field("stream").value) return "stream";
    return shown("specialties") && this.specialties.length < MIXED ? "specialties" : null;
  }

  send() {
    const field = this.lacksStream();
    if (field) {
      this.refused({ field, message: "" });
      return;
    }
    this.talk.leaving = true;
    submit(this.form, {
      ask: () => this.talk.ask("conversation:close", this.wish()),
      done: (answer) => this.talk.ended(this.saidDone(answer)),
      refused: (error) => {
        this.talk.refused(error);
        this.refused(error);
      },
    }).finally(() => {
      this.talk.leaving = false;
    });
  }

  saidDone({ status, due_at: due }) {
    const reference = this.talk.reference;
    if (status === "closed" || !due) return t("console.finish.done", { reference });
    return t("console.finish.done.tracked", { reference, due: whenShort(due) });
  }

  refused(error) {
    clearErrors(this.form);
    const names = (error.field ?? "").split(",").filter(Boolean).map((name) => (name === "set_by" ? "outcomes" : name.split(".")[0]));
    const beside = names.filter((name) => showError(this.form, name, this.need(name, error)));
    showTrouble(this.form, beside.length ? t("console.finish.missing", { count: beside.length }) : error.message);
    if (beside.length) focusFirstError(this.form);
    else this.form.querySelector(".trouble").focus();
  }

  need(name, error) {
    const id = error.field.includes("set_by") && name === "outcomes" ? "set_by" : name;
    return named(`console.finish.need.${id}`, error.message);
  }
}
