// Who is here: free to answer, on a break, gone; and the conversations that colleagues hold.
import { byId, el } from "../elements.js";
import { t } from "../words.js";
import { named, priorityName } from "./wording.js";

export class Here {
  constructor(me) {
    this.me = me;
    this.staff = new Map();
  }

  // Each fact replaces what was known of that person.
  put(listed) {
    for (const one of listed) this.staff.set(one.staff, one);
    const all = [...this.staff.values()].sort((one, other) => other.available - one.available || one.name.localeCompare(other.name));
    byId("staff-count").textContent = `${t("console.staff")}: ${t("console.staff.count", { count: all.filter((one) => one.available).length })}`;
    byId("staff-list").replaceChildren(...all.map((one) => el("li", {}, el("span", {}, inWords(one)))));
  }

  nameOf(staff) {
    return this.staff.get(staff)?.name ?? staff;
  }

  free() {
    return [...this.staff.values()].filter((one) => one.available && one.staff !== this.me);
  }
}

function inWords({ name, role, available, reason }) {
  const roleName = t(`role.${role}`);
  if (available) return t("console.staff.free", { name, role: roleName });
  const why = reason ? named(`console.break.${reason}`, named(`console.staff.${reason}`, reason)) : t("console.staff.gone");
  return t("console.staff.away", { name, role: roleName, reason: why });
}

// Who is with colleagues, to see at a glance that nobody is forgotten, and to help.
// acts: join(entry, speak), give(entry) - null for who may not
export function showOthers(entries, nameOf, acts) {
  byId("others").hidden = !entries.length;
  byId("others-count").textContent = t(entries.length === 1 ? "console.others.one" : "console.others", { count: entries.length });
  byId("others-list").replaceChildren(...entries.map((entry) => el("li", {},
    el("span", {}, t("console.others.with", { reference: entry.reference, name: nameOf(entry.claimed_by), priority: priorityName(entry.priority) })),
    small("console.read", entry, () => acts.join(entry, false)), small("console.join", entry, () => acts.join(entry, true)),
    acts.give && small("console.give", entry, () => acts.give(entry)))));
}

function small(text, { reference }, act) {
  return el("button", {
    type: "button", class: "button button--plain button--small", "aria-label": t(`${text}.label`, { reference }), on: { click: act },
  }, t(text));
}
