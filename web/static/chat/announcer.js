// Speaks to screen readers: plain text in a region that starts empty. History is never announced.
import { el, byId } from "../elements.js";

const AFTER = 300;
const KEPT = 8000;

export function announce(text) {
  setTimeout(() => {
    const said = el("p", {}, text);
    byId("announcer").append(said);
    setTimeout(() => said.remove(), KEPT);
  }, AFTER);
}

// One quiet line for what changes often: sending, typing, the link.
export function status(text) {
  const region = byId("status");
  if (region.textContent !== text) region.textContent = text;
}
