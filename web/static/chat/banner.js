// Who the person is talking with, in one of a few plain states, and what the page offers in it.
import { byId } from "../elements.js";
import { t } from "../words.js";

const MAY_ASK = new Set(["with_bot", "closed"]);

export function said(state) {
  const name = state.speaking_with || t("banner.someone");
  const who = t(`banner.${state.state}`, { name });
  if (state.state !== "waiting") return who;
  const band = state.waiting?.band;
  return `${who} ${band ? t("banner.wait", { band }) : t("banner.wait.unknown")}`;
}

export function showState(state) {
  byId("who").className = `who who--${state.state}`;
  byId("who-text").textContent = said(state);
  byId("person-form").hidden = !MAY_ASK.has(state.state);
  byId("reference").textContent = state.reference ?? "";
}

export function showCode(code) {
  byId("resume-code").textContent = code;
  byId("come-back").hidden = false;
  document.querySelector(".options__other").open = false;
}
