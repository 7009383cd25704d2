// The board stays true: a fact of the queue, of staff or of a clock asks for it anew, a second at most.
import { io } from "/static/vendor/socketio/socket.io.esm.min.js";
import { byId } from "./elements.js";

const FACTS = [
  "queue:snapshot", "entry:queued", "entry:changed", "entry:taken", "entry:released", "presence:changed",
  "clock:missed", "alarm:raised", "surge:changed", "task:changed",
];
const TOGETHER = 400;
const AT_LEAST = 30000;
let asked = null;

function soon() {
  asked ??= setTimeout(show, TOGETHER);
}

async function show() {
  asked = null;
  const answer = await fetch("/staff/board?now", { cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return lost(true);
  const focused = document.activeElement?.getAttribute("aria-label");
  byId("board").innerHTML = await answer.text();
  if (focused) byId("board").querySelector(`[aria-label="${CSS.escape(focused)}"]`)?.focus();
  return lost(!socket.connected);
}

function lost(is) {
  byId("link-trouble").hidden = !is;
}

const socket = io("/console", { auth: { page: "board" }, transports: ["websocket", "polling"], tryAllTransports: true });
socket.on("connect", soon);
socket.on("disconnect", () => lost(true));
FACTS.forEach((name) => socket.on(name, soon));
setInterval(soon, AT_LEAST);
