// What a practitioner does beside talking: private notes, another priority, giving the person back.
import { el } from "../elements.js";
import { t } from "../words.js";
import { needsLine, showError, showTrouble, submit } from "./forms.js";
import { whenShort } from "./moments.js";

export function noteLine(note) {
  return el("li", {}, el("p", { class: "notes__head" }, `${note.name}, ${whenShort(note.at)}`), el("p", { class: "notes__text" }, note.text));
}

export function notesForm(form, talk) {
  const text = form.querySelector("textarea");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!text.value.trim()) return text.focus();
    submit(form, {
      ask: () => talk.ask("note:add", { conversation: talk.conversation, text: text.value }),
      done: ({ note }) => {
        talk.noted(note);
        text.value = "";
        talk.drawer.keep("note", "");
        text.focus();
      },
      refused: (error) => showTrouble(form, error.message),
    });
  });
}

export function priorityForm(form, talk) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const reason = needsLine(form, "reason", t("console.priority.need.reason"));
    if (reason === null) return;
    const priority = new FormData(form).get("priority");
    submit(form, {
      ask: () => talk.ask("priority:set", { conversation: talk.conversation, priority, reason }),
      done: () => {
        form.querySelector("input:not([type=radio])").value = "";
        talk.drawer.keep("priority-reason", "");
        talk.prioritised(priority);
      },
      refused: (error) => {
        const beside = error.field === "reason" && showError(form, "reason", t("console.priority.need.reason"));
        if (!beside) showTrouble(form, error.message);
      },
    });
  });
}

export function releaseForm(form, talk) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const reason = needsLine(form, "reason", t("console.release.need.reason"));
    if (reason === null) return;
    talk.leaving = true;
    submit(form, {
      ask: () => talk.ask("entry:release", { entry: talk.entry, claim_version: talk.version, reason }),
      done: () => talk.ended(t("console.release.done", { reference: talk.reference })),
      refused: (error) => {
        talk.refused(error);
        showTrouble(form, error.message);
      },
    }).finally(() => {
      talk.leaving = false;
    });
  });
}
