// A text in pieces, with the words that raised concern marked. Offsets count characters as the
// service does, not the two halves that some characters have here. Only text nodes are made.
import { el } from "../elements.js";

export function marked(text, reasons) {
  const characters = [...text];
  const pieces = [];
  let at = 0;
  for (const { start, end } of joined(reasons, characters.length)) {
    if (start > at) pieces.push(characters.slice(at, start).join(""));
    pieces.push(el("mark", {}, characters.slice(start, end).join("")));
    at = end;
  }
  if (at < characters.length) pieces.push(characters.slice(at).join(""));
  return pieces;
}

// Reasons of one message that lie within a longer one belong to it: the words once, each reason of
// theirs beside. In the order in which they were given.
export function grouped(reasons) {
  const whole = reasons.filter((reason, place) => !reasons.some((other, at) => contains(other, reason, at < place)));
  return whole.map((longest) => ({ ...longest, within: reasons.filter((reason) => contains(longest, reason, true)) }));
}

// Of two that are the same, the earlier holds the later.
function contains(outer, inner, alsoSame) {
  if (outer.seq !== inner.seq || outer.start > inner.start || outer.end < inner.end) return false;
  return alsoSame || outer.start < inner.start || outer.end > inner.end;
}

// Stretches in order, those that touch made one, none beyond the text.
function joined(reasons, length) {
  const stretches = reasons
    .map(({ start, end }) => ({ start: Math.max(0, start), end: Math.min(end, length) }))
    .filter(({ start, end }) => start < end)
    .sort((one, other) => one.start - other.start);
  const made = [];
  for (const stretch of stretches) {
    const last = made.at(-1);
    if (last && stretch.start <= last.end) last.end = Math.max(last.end, stretch.end);
    else made.push({ ...stretch });
  }
  return made;
}
