// The conversations of this practitioner, to go from one to another; says what is new in each.
import { byId, el } from "../elements.js";
import { t } from "../words.js";
import { priorityName } from "./wording.js";

export function showMine(talks, shown, choose) {
  const list = byId("mine");
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.conversation : null;
  list.replaceChildren(...talks.map((talk) => el("li", {}, button(talk, talk === shown, choose))));
  byId("mine-none").hidden = talks.length > 0;
  if (focused) list.querySelector(`[data-conversation="${CSS.escape(focused)}"]`)?.focus();
}

function button(talk, isShown, choose) {
  const news = talk.lost ? t("console.mine.lost") : newsOf(talk);
  return el("button", {
    type: "button", class: "mine__talk", "data-conversation": talk.conversation,
    "aria-current": isShown && "true", on: { click: () => choose(talk) },
  },
  el("span", { class: "mine__head" }, el("b", {}, talk.reference),
    el("span", { class: `tag tag--${talk.priority}` }, priorityName(talk.priority))),
  el("span", { class: "mine__words" }, talk.lastWords),
  news ? el("span", { class: "mine__new" }, news) : null);
}

function newsOf(talk) {
  if (!talk.unread) return talk.personTypes ? t("console.typing") : "";
  return t(talk.unread === 1 ? "console.mine.new.one" : "console.mine.new", { count: talk.unread });
}
