// Picking somebody who is not the most pressing: only with a reason, which is kept.
import { byId } from "../elements.js";
import { t } from "../words.js";
import { priorityName } from "./wording.js";

export class TakeBox {
  // take(entry, reason)
  constructor(take) {
    this.entry = null;
    this.reason = byId("take-reason");
    this.error = byId("take-error");
    byId("take-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit(take);
    });
    byId("take-stop").addEventListener("click", () => byId("take-dialog").close());
  }

  open(entry) {
    this.entry = entry;
    this.say("");
    byId("take-who").textContent = t("console.take.who", { reference: entry.reference, priority: priorityName(entry.priority) });
    byId("take-dialog").showModal();
    this.reason.focus();
  }

  submit(take) {
    const reason = this.reason.value.trim();
    if (!reason) {
      this.say(t("console.take.need.reason"));
      this.reason.focus();
      return;
    }
    byId("take-dialog").close();
    this.reason.value = "";
    take(this.entry, reason);
  }

  say(text) {
    this.error.textContent = text;
    this.error.hidden = !text;
    this.reason.setAttribute("aria-invalid", String(Boolean(text)));
  }
}
