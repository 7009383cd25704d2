// Codes of the contract in the words of the reviewed texts.
import { t } from "../words.js";

// The text, or what is given when there is none for this code.
export function named(id, otherwise) {
  try {
    return t(id);
  } catch {
    return otherwise;
  }
}

export function priorityName(priority) {
  return named(`priority.${priority}`, priority);
}

export function senderOf(message) {
  if (message.speaker === "enquirer") return t("console.sender.enquirer");
  return message.name || t(`sender.${message.speaker}`);
}

// A captured value: yes and no, codes without their underscores, lists; words as they were written.
export function shownValue(value) {
  if (value === true || value === false) return t(value ? "console.yes" : "console.no");
  if (Array.isArray(value)) return value.map(shownValue).join(", ");
  if (value !== null && typeof value === "object") return Object.values(value).map(shownValue).join(", ");
  const text = String(value ?? "");
  return /^[a-z0-9]+(_[a-z0-9]+)+$/.test(text) ? text.replaceAll("_", " ") : text;
}
