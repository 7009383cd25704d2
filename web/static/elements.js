// Small builders of elements. Everything said is set as text, never as markup.
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name === "on") for (const [event, act] of Object.entries(value)) made.addEventListener(event, act);
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return made;
}

// Elements that were taken off a page that is being left: what still arrives finds them, unseen.
const left = new Map();

export function byId(id) {
  return document.getElementById(id) ?? left.get(id) ?? null;
}

export function clearPage() {
  document.querySelectorAll("[id]").forEach((one) => left.set(one.id, one));
  document.body.replaceChildren();
}
