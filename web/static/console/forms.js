// Forms of a conversation: errors stand beside their fields, nothing that was typed is lost.
import { t } from "../words.js";
import { Unreached } from "./link.js";

export function fieldOf(form, name) {
  return form.querySelector(`[data-field="${CSS.escape(name)}"]`);
}

export function clearErrors(form) {
  for (const error of form.querySelectorAll(".error")) error.hidden = true;
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  const trouble = form.querySelector(".trouble");
  if (trouble) trouble.hidden = true;
}

// Yields whether there is such a field to say it beside.
export function showError(form, name, text) {
  const field = fieldOf(form, name);
  const error = field?.querySelector(".error");
  if (!error) return false;
  error.textContent = text;
  error.hidden = false;
  field.querySelector("input, textarea, select")?.setAttribute("aria-invalid", "true");
  return true;
}

export function showTrouble(form, text) {
  const trouble = form.querySelector(".trouble");
  trouble.textContent = text;
  trouble.hidden = false;
}

export function focusFirstError(form) {
  const field = form.querySelector("[aria-invalid=true]");
  field?.focus();
}

// Sends a form's command once at a time; `done` when it is kept, `refused(error)` when it is not.
export async function submit(form, { ask, done, refused }) {
  const button = form.querySelector("button[type=submit]");
  if (button.disabled) return;
  clearErrors(form);
  button.disabled = true;
  try {
    const answer = await ask();
    if (answer.ok) await done(answer);
    else refused(answer.error);
  } catch (error) {
    if (!(error instanceof Unreached)) throw error;
    showTrouble(form, t("console.unreached"));
  } finally {
    button.disabled = false;
  }
}

// A form whose one line must be said.
export function needsLine(form, name, text) {
  const line = fieldOf(form, name).querySelector("input");
  if (line.value.trim()) return line.value.trim();
  clearErrors(form);
  showError(form, name, text);
  line.focus();
  return null;
}
