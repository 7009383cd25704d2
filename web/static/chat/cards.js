// What comes with a line, with the same marks as parts/cards.html of the server.
import { el } from "../elements.js";
import { dateInWords } from "../times.js";
import { t } from "../words.js";

const CALLBACK_FACTS = ["number", "when", "reference"];

function fact(term, value) {
  return el("div", {}, el("dt", {}, term), el("dd", {}, value));
}

function facts(card, names) {
  const known = names.filter((name) => card[name]);
  return el("dl", { class: "card__facts" }, ...known.map((name) => fact(t(`card.${name}`), card[name])));
}

function titled(kind, ...children) {
  const title = t(`card.${kind}.title`);
  const heading = el("h3", { class: "card__title" }, title);
  return el("section", { class: `card card--${kind}`, "aria-label": title }, heading, ...children);
}

function dangerCard(card, numbers) {
  const rows = card.numbers.filter((number) => number.id in numbers).map((number) => {
    const known = numbers[number.id];
    const call = el("a", { class: "card__call", href: known.href }, known.call);
    return el("li", {}, call, " ", el("span", {}, known.for));
  });
  return titled(card.kind, el("ul", { class: "card__numbers" }, ...rows));
}

const WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const ALWAYS = new Set(["00:00-23:59", "00:00-00:00", "00:00-24:00"]);

function daysInWords(days) {
  if (!days.length || days.length === WEEK.length) return t("hours.every_day");
  const places = days.map((name) => WEEK.indexOf(name));
  const follow = places.every((place, position) => place === places[0] + position);
  if (!follow || days.length < 3) return days.map((name) => t(`day.${name}`)).join(", ");
  return t("hours.days", { first: t(`day.${days[0]}`), last: t(`day.${days.at(-1)}`) });
}

function opening(hours) {
  const days = daysInWords(WEEK.filter((name) => hours.days.includes(name)));
  if (!hours.from || !hours.to) return days;
  const [start, end] = [hours.from.slice(0, 5), hours.to.slice(0, 5)];
  if (ALWAYS.has(`${start}-${end}`)) return t("hours.all_day", { days });
  return t("hours.from_to", { days, start, end });
}

function reach({ name, contact = {} }) {
  const phones = (contact.phones ?? []).map((phone) => el("li", {},
    el("a", { class: "card__call", href: `tel:${phone.number.replaceAll(" ", "")}` }, t("card.call", { number: phone.number })),
    phone.note && " ", phone.note && el("span", {}, phone.note)));
  const hidden = el("span", { class: "nhsuk-u-visually-hidden" }, ` ${name} ${t("card.new_tab")}`);
  const site = contact.url && el("li", {},
    el("a", { href: contact.url, target: "_blank", rel: "noopener noreferrer" }, t("card.website"), hidden));
  const email = contact.email && el("li", {}, el("a", { href: `mailto:${contact.email}` }, contact.email));
  return el("ul", { class: "card__reach" }, ...phones, site || null, email || null);
}

function serviceCard(card) {
  const rows = [
    card.who_for && fact(t("card.who_for"), card.who_for),
    card.cost && fact(t("card.cost"), card.cost),
    ...(card.when_open ?? []).map((hours) => fact(t("card.when"), opening(hours))),
    card.where && fact(t("card.where"), card.where),
    typeof card.distance_km === "number" && fact(t("card.distance"), t("card.away", { km: card.distance_km })),
    card.checked && fact(t("card.checked"), dateInWords(card.checked)),
  ];
  return el("article", { class: "card card--service" },
    el("h3", { class: "card__title" }, card.name),
    card.alert && el("p", { class: "card__alert" }, card.alert),
    card.what && el("p", {}, card.what),
    el("dl", { class: "card__facts" }, ...rows.filter(Boolean)), reach(card),
    card.stale && el("p", { class: "card__stale" }, t("card.stale")),
    card.demo && el("p", { class: "card__stale" }, t("card.demo")));
}

function summaryCard(card) {
  return titled("summary", el("dl", { class: "card__facts" }, ...card.rows.map((row) => fact(row.label, row.value))));
}

// null for a card that shows nothing of its own.
export function cardOf(card, numbers) {
  switch (card.kind) {
    case "emergency":
    case "urgent":
      return dangerCard(card, numbers);
    case "service":
      return serviceCard(card);
    case "callback":
      return titled("callback", facts(card, CALLBACK_FACTS));
    case "summary":
      return summaryCard(card);
    default:
      return null;
  }
}
