// The way out, on every page: blank the screen, tell the service, forget what is stored here, go.
// `replace` leaves no step back to the chat.
import { clearPage } from "./elements.js";

const ESCAPES = 3;
const WITHIN = 2000;

export function leaveQuickly(address) {
  clearPage();
  document.title = "";
  try {
    sessionStorage.clear();
  } catch {
    // No storage, nothing to forget.
  }
  const how = new Blob([JSON.stringify({ how: "quick_exit" })], { type: "application/json" });
  navigator.sendBeacon("/api/conversation/leave", how);
  location.replace(address);
}

function exitOf(target) {
  return target instanceof Element ? target.closest("[data-exit]") : null;
}

document.addEventListener("click", (event) => {
  const way = exitOf(event.target);
  if (!way) return;
  event.preventDefault();
  leaveQuickly(way.dataset.exit);
});

let escapes = [];
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") {
    escapes = [];
    return;
  }
  escapes = [...escapes.filter((at) => event.timeStamp - at < WITHIN), event.timeStamp];
  const way = document.querySelector("[data-exit]");
  if (escapes.length >= ESCAPES && way) leaveQuickly(way.dataset.exit);
});
