// The page of work lists hears when its list has changed or something calls. It moves nothing by itself.
import { io } from "/static/vendor/socketio/socket.io.esm.min.js";
import { byId } from "./elements.js";

const { shown } = document.body.dataset;
const socket = io("/console", { auth: { page: "tasks" }, transports: ["websocket", "polling"], tryAllTransports: true });

socket.on("task:changed", ({ list }) => {
  if (!shown || shown === list) byId("list-changed").hidden = false;
});
socket.on("alarm:raised", ({ task }) => {
  if (!task) return;
  byId("list-called-show").href = `/staff/tasks/${encodeURIComponent(task)}`;
  byId("list-called").hidden = false;
});
