// What a practitioner reads before the first word: what raised it first, then what is known.
import { el } from "../elements.js";
import { t } from "../words.js";
import { grouped } from "./marks.js";
import { dueIn, whenShort } from "./moments.js";
import { named, shownValue } from "./wording.js";

// go(seq): show that message. labels: outcomes by code.
// review(seq): the buttons with which that reading is judged.
export function briefingOf(briefing, { go, labels, review }) {
  return [
    raised(briefing.reasons, { go, review }),
    needs(briefing.needs),
    known(briefing),
    clocks(briefing.clocks),
    promised(briefing.promised),
    asked(briefing.asked),
    earlier(briefing.earlier, labels),
  ].filter(Boolean);
}

function part(heading, ...content) {
  return el("section", { class: "brief" }, el("h4", {}, heading), ...content);
}

function folded(heading, ...content) {
  return el("details", { class: "brief" }, el("summary", {}, el("span", {}, heading)), ...content);
}

function raised(reasons, { go, review }) {
  if (!reasons.length) return part(t("console.brief.raised"), el("p", {}, t("console.reasons.none")));
  const first = (reason) => Math.min(...reason.within.map((part) => reasons.indexOf(part)));
  const groups = grouped(reasons).sort((one, other) => first(one) - first(other));
  const judged = new Set();
  const quotes = groups.map((reason) => el("li", {},
    reason.text.trim() ? el("q", { class: "person__words" }, reason.text.trim()) : null,
    ...whys(reason.within).map((why) => el("p", { class: "brief__why" }, why)),
    el("button", {
      type: "button", class: "as-link", "aria-label": t("console.brief.show.label", { seq: reason.seq }),
      on: { click: () => go(reason.seq) },
    }, t("console.brief.show")),
    judged.has(reason.seq) ? null : judged.add(reason.seq) && review(reason.seq)));
  return el("section", { class: "brief brief--raised" }, el("h4", {}, t("console.brief.raised")), el("ul", {}, ...quotes));
}

function whys(reasons) {
  return [...new Set(reasons.map(({ why }) => why && named(`console.why.${why}`, why)).filter(Boolean))];
}

function needs(listed) {
  if (!listed.length) return null;
  return el("section", { class: "brief brief--needs" }, el("h4", {}, t("console.brief.needs")),
    el("ul", {}, ...listed.map((need) => el("li", {}, shownValue(need)))));
}

function known({ author, captured, topics }) {
  const rows = captured.map(({ label, value }) => [label, shownValue(value)]);
  const talksOf = captured.some(({ field }) => field === "author_type");
  if (author && !talksOf) rows.unshift([t("console.brief.author"), named(`console.author.${author}`, shownValue(author))]);
  if (topics.length) rows.push([t("console.brief.topics"), topics.map(shownValue).join(", ")]);
  if (!rows.length) return part(t("console.brief.known"), el("p", {}, t("console.brief.known.none")));
  return part(t("console.brief.known"), el("dl", { class: "facts" },
    ...rows.map(([term, value]) => el("div", {}, el("dt", {}, term), el("dd", {}, value)))));
}

function clocks(listed) {
  if (!listed.length) return null;
  return part(t("console.brief.clocks"), el("dl", { class: "facts" }, ...listed.map((clock) => el("div", {},
    el("dt", {}, clockName(clock)), clockState(clock)))));
}

export function clockName(clock) {
  return named(`console.clock.${clock.kind}`, clock.label);
}

function clockState(clock) {
  if (clock.met_at) return el("dd", {}, t("console.clock.met", { at: whenShort(clock.met_at) }));
  return el("dd", { class: "due", "data-due": clock.due_at }, dueIn(clock.due_at));
}

function promised(listed) {
  if (!listed.length) return null;
  return folded(t("console.brief.promised", { count: listed.length }),
    el("ul", {}, ...listed.map(({ at, text }) => el("li", {}, `${whenShort(at)}: ${text}`))));
}

function asked(listed) {
  if (!listed.length) return null;
  return folded(t("console.brief.asked", { count: listed.length }), el("dl", { class: "asked" },
    ...listed.map(({ text, answer }) => el("div", {}, el("dt", {}, text), el("dd", {}, answer ?? t("console.brief.unanswered"))))));
}

function earlier(listed, labels) {
  if (!listed.length) return part(t("console.brief.earlier"), el("p", {}, t("console.brief.earlier.none")));
  return part(t("console.brief.earlier"), el("ul", {}, ...listed.map(({ reference, at, outcomes }) => el("li", {},
    t("console.brief.earlier.one", {
      reference, at: whenShort(at), outcomes: (outcomes ?? []).map((code) => labels[code] ?? code).join(", ") || t("console.brief.no_outcome"),
    })))));
}
