// Shortcuts, each with Alt so that none is in the way of typing; listed in a dialogue of their own.
import { byId } from "../elements.js";

// acts: KeyN: () => …
export function listenForKeys(acts) {
  addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const act = acts[event.code];
    if (!act || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    act();
  });
  byId("keys").addEventListener("click", () => byId("keys-dialog").showModal());
}
