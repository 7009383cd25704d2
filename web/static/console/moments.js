// Waits and due times in words, by the service's clock, whatever the device's says.
import { clock, day } from "../times.js";
import { t } from "../words.js";

const MINUTE = 60000;
let ahead = 0;

export function setNow(now) {
  ahead = new Date(now).getTime() - Date.now();
}

export function now() {
  return Date.now() + ahead;
}

// "less than a minute", "4 minutes", "2 hours 5 minutes", "3 days"
export function length(milliseconds) {
  const minutes = Math.floor(milliseconds / MINUTE);
  if (minutes < 1) return t("console.length.none");
  if (minutes < 60) return several("minute", minutes);
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return several("day", Math.floor(hours / 24));
  const rest = minutes % 60;
  return rest ? `${several("hour", hours)} ${several("minute", rest)}` : several("hour", hours);
}

function several(unit, count) {
  return t(count === 1 ? `console.length.${unit}` : `console.length.${unit}s`, { count });
}

export function waited(since) {
  return t("console.waited", { length: length(Math.max(0, now() - new Date(since))) });
}

export function isOver(due) {
  return new Date(due).getTime() < now();
}

export function dueIn(due) {
  const left = new Date(due) - now();
  const at = whenShort(due);
  if (left < 0) return t("console.overdue", { length: length(-left), at });
  return t("console.due", { length: length(left), at });
}

// The hour today, the day as well on other days.
export function whenShort(at) {
  return day(at) === day(now()) ? clock(at) : `${day(at)}, ${clock(at)}`;
}

// As the goodbye says it: "4:30pm on Monday 30 November".
export function inWords(at) {
  const [hour, minute] = clock(at).split(":").map(Number);
  const minutes = minute ? `:${String(minute).padStart(2, "0")}` : "";
  const named = day(at).split(" ").slice(0, 3).join(" ");
  return t("console.at_on", { time: `${hour % 12 || 12}${minutes}${hour < 12 ? "am" : "pm"}`, day: named });
}
