// A dialogue with a form of a few lines: what is needed is asked for, what is refused is said in it.
import { byId } from "../elements.js";
import { t } from "../words.js";
import { said } from "./around.js";
import { clearErrors, showError, showTrouble, submit } from "./forms.js";

export class Box {
  // needed: names of fields; faults: texts by the field that the service names; before(form)
  constructor(name, { needed, faults = {}, before = () => {} }) {
    Object.assign(this, { needed, faults, before });
    this.dialog = byId(`${name}-dialog`);
    this.form = byId(`${name}-form`);
    this.who = byId(`${name}-who`);
    this.send = null;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.go();
    });
    this.form.querySelector("[data-stop]").addEventListener("click", () => this.dialog.close());
  }

  // send(fields) yields an acknowledgement.
  open(who, send) {
    this.who.textContent = who;
    this.who.hidden = !who;
    this.send = send;
    clearErrors(this.form);
    this.before(this.form);
    this.dialog.showModal();
    this.form.querySelector("input, select, textarea").focus();
  }

  go() {
    const fields = said(this.form, this.needed);
    if (!fields) return;
    submit(this.form, {
      ask: () => this.send(fields),
      done: () => {
        this.form.reset();
        this.dialog.close();
      },
      refused: (error) => {
        const fault = this.faults[error.field];
        if (!fault || !showError(this.form, fault.field, t(fault.text))) showTrouble(this.form, fault ? t(fault.text) : error.message);
      },
    });
  }
}
