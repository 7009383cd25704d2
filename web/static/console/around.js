// Panels around a conversation: passing it on, the phone, records of their own, drafts, the directory.
import { el } from "../elements.js";
import { fromLondon } from "../times.js";
import { t } from "../words.js";
import { clearErrors, focusFirstError, showError, showTrouble, submit } from "./forms.js";
import { whenShort } from "./moments.js";
import { priorityName } from "./wording.js";

// What the fields of a form say; null when one that is needed is empty, which is then said beside it.
export function said(form, needed) {
  clearErrors(form);
  const fields = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]));
  const missing = needed.filter((name) => !fields[name]);
  missing.forEach((name) => showError(form, name, t("console.need")));
  if (missing.length) focusFirstError(form);
  return missing.length ? null : fields;
}

export function fillColleagues(select, colleagues) {
  const chosen = select.value;
  const group = select.querySelector("[data-colleagues]");
  const prefix = group ? "staff:" : "";
  const options = colleagues.map(({ staff, name, role }) => el("option", { value: `${prefix}${staff}` }, `${name}, ${t(`role.${role}`)}`));
  if (group) group.replaceChildren(...options);
  else select.replaceChildren(el("option", { value: "" }), ...options);
  select.value = chosen;
}

export function passForm(form, talk) {
  const status = form.querySelector("[data-part=pass-status]");
  form.querySelector("select").addEventListener("focus", (event) => fillColleagues(event.target, talk.desk.free()));
  fillColleagues(form.querySelector("select"), talk.desk.free());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const fields = said(form, ["to", "reason", "summary"]);
    if (!fields) return;
    const [kind, id] = fields.to.split(":");
    submit(form, {
      ask: () => talk.ask("conversation:transfer", {
        conversation: talk.conversation, to: { kind, id }, reason: fields.reason, summary: fields.summary,
      }),
      done: (answer) => {
        const warning = answer.warning ? ` ${t("console.pass.warning")}` : "";
        status.textContent = t("console.pass.offered", { at: whenShort(answer.expires_at) }) + warning;
      },
      refused: (error) => {
        talk.refused(error);
        if (error.field === "to.id") showError(form, "to", t("console.pass.fault"));
        else showTrouble(form, error.message);
      },
    });
  });
}

export function phoneForm(form, talk) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const fields = said(form, ["phone"]);
    if (!fields) return;
    const safe = { safe_to_say_nhs: "safe_to_say_nhs" in fields, safe_to_leave_message: "safe_to_leave_message" in fields };
    submit(form, {
      ask: () => talk.ask("conversation:to_phone", {
        conversation: talk.conversation, phone: fields.phone, ...safe, ...(fields.when ? { when: fromLondon(fields.when) } : {}),
      }),
      done: (answer) => onPhone(talk, answer, safe),
      refused: (error) => {
        talk.refused(error);
        if (error.field === "phone") showError(form, "phone", t("console.phone.fault"));
        else showTrouble(form, error.message);
        focusFirstError(form);
      },
    });
  });
  talk.view.part("on-phone").addEventListener("click", (event) => tried(talk, event.target.closest("[data-attempt]")));
}

function onPhone(talk, { task, read_back: number }, safe) {
  talk.task = task;
  const view = talk.view;
  view.part("read-back").textContent = number;
  const yes = (flag) => (flag ? "yes" : "no");
  view.part("phone-safe").textContent = t(`console.phone.safe.${yes(safe.safe_to_say_nhs)}_${yes(safe.safe_to_leave_message)}`);
  view.part("attempts").replaceChildren();
  view.part("on-phone").hidden = false;
  view.part("on-phone").querySelector("button").focus();
}

async function tried(talk, button) {
  if (!button || !talk.task) return;
  const trouble = talk.view.part("phone-trouble");
  trouble.hidden = true;
  const answer = await talk.ask("callback:attempt", { task: talk.task, result: button.dataset.attempt }).catch(() => null);
  if (!answer?.ok) {
    trouble.textContent = answer?.error.field === "result" ? t("console.phone.not_safe") : answer?.error.message ?? t("console.unreached");
    trouble.hidden = false;
    return;
  }
  talk.view.part("attempts").replaceChildren(...answer.attempts.map(({ at, name, result }) =>
    el("li", {}, t("console.phone.attempt", { at: whenShort(at), name, result: t(`console.phone.${result}`) }))));
}

export function recordForms(view, talk) {
  recordForm(view.form("safeguarding"), talk, {
    command: "safeguarding:record", needed: ["category", "who", "concern", "action"], done: "console.safeguarding.done",
    payload: ({ shared_with: shared, ...fields }) => ({ ...fields, ...(shared ? { shared_with: shared } : {}) }),
  });
  const emergency = view.form("emergency");
  recordForm(emergency, talk, {
    command: "emergency:record", needed: ["service", "place", "incident_reference"], done: "console.emergency.done",
    payload: ({ service, place, incident_reference }) => ({
      service, place, incident_reference, checklist: new FormData(emergency).getAll("checklist"),
    }),
  });
}

function recordForm(form, talk, { command, needed, done, payload }) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const fields = said(form, needed);
    if (!fields) return;
    submit(form, {
      ask: () => talk.ask(command, { conversation: talk.conversation, ...payload(fields) }),
      done: ({ record }) => {
        form.reset();
        form.querySelectorAll("[data-keep]").forEach((field) => talk.drawer.keep(field.dataset.keep, ""));
        form.closest("details").open = false;
        talk.recorded(record);
        talk.desk.status(t(done));
        talk.view.part("records").focus();
      },
      refused: (error) => {
        talk.refused(error);
        if (error.field === "checklist") showError(form, "checklist", t("console.emergency.checklist.need"));
        else if (!showError(form, error.field ?? "", t("console.need"))) showTrouble(form, error.message);
        focusFirstError(form);
      },
    });
  });
}

export function recordLine(record, { categories, services }) {
  const head = el("p", { class: "notes__head" }, `${record.name}, ${whenShort(record.at)}`);
  if (record.service) {
    const text = t("console.records.emergency", { service: services[record.service], place: record.place, reference: record.incident_reference });
    return el("li", {}, head, el("p", { class: "notes__text" }, text));
  }
  const text = t("console.records.safeguarding", { category: categories[record.category], who: record.who });
  return el("li", {}, head, el("p", { class: "notes__text" }, [text, record.concern, record.action, record.shared_with].filter(Boolean).join("\n")));
}

export function limitForm(form, talk) {
  if (!form) return;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const fields = said(form, ["reason"]);
    if (!fields) return;
    const conversation = talk.conversation;
    submit(form, {
      ask: () => (talk.limit ? talk.ask("sender:lift", { conversation, reason: fields.reason })
        : talk.ask("sender:limit", { conversation, scope: fields.scope, reason: fields.reason })),
      done: ({ limit }) => {
        form.querySelector("[name=reason]").value = "";
        talk.limited(limit);
      },
      refused: (error) => showTrouble(form, error.message),
    });
  });
}

// Drafts go to the pen, to be changed; what is there already stays before them.
export function draftPanel(view, talk) {
  view.panelOf("help").addEventListener("click", (event) => {
    const text = event.target.closest("[data-draft]")?.dataset.draft;
    if (text) talk.pen.putIn(text);
  });
  const form = view.form("directory");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    search(form, view, talk);
  });
}

async function search(form, view, talk) {
  const asked = form.querySelector("input").value.trim();
  if (!asked) return;
  clearErrors(form);
  const answer = await fetch(`/api/staff/directory?${new URLSearchParams({ q: asked })}`, { cache: "no-store" }).catch(() => null);
  if (!answer?.ok) {
    showTrouble(form, t("console.unreached"));
    return;
  }
  const { services } = await answer.json();
  view.part("directory-count").textContent = services.length ? t("console.directory.count", { count: services.length }) : t("console.directory.none");
  view.part("directory").replaceChildren(...services.map((card) => place(card, talk)));
}

function place(card, talk) {
  const phones = (card.contact?.phones ?? []).map((phone) => phone.number);
  const words = [card.name, card.what, phones[0], card.contact?.url].filter(Boolean).join("\n");
  return el("li", {}, el("b", {}, card.name), card.what ? el("p", {}, card.what) : null,
    phones.length ? el("p", {}, phones.join(", ")) : null,
    el("button", {
      type: "button", class: "as-link", "aria-label": t("console.directory.put.label", { name: card.name }),
      on: { click: () => talk.pen.putIn(words) },
    }, t("console.directory.put")));
}

export function offerText(offer) {
  if (offer.hand_over) {
    const references = offer.entries.map(({ reference }) => reference).join(", ");
    return t("console.offer.hand_over", { name: offer.from.name, count: offer.entries.length, references, summary: offer.summary });
  }
  const { reference, priority, reason, summary, from } = offer;
  return t("console.offer.transfer", { name: from.name, reference, priority: priorityName(priority), reason, summary });
}
