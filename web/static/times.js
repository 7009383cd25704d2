// Times as people here live by them: London's clock, whatever the device says.
const ZONE = "Europe/London";
const CLOCK = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", {
  timeZone: ZONE, weekday: "long", day: "numeric", month: "long", year: "numeric",
});
const PARTS = new Intl.DateTimeFormat("en-GB", {
  timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit",
  hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});

function named(format, at) {
  return Object.fromEntries(format.formatToParts(new Date(at)).map((part) => [part.type, part.value]));
}

export function clock(at) {
  return CLOCK.format(new Date(at));
}

export function day(at) {
  const part = named(DAY, at);
  return `${part.weekday} ${part.day} ${part.month} ${part.year}`;
}

// How far London is ahead of UTC at a moment, in milliseconds.
function ahead(at) {
  const part = named(PARTS, at);
  const shown = Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second);
  return shown - Math.floor(at / 1000) * 1000;
}

// "2026-11-24T17:00" on London's clock as a moment in UTC; null when it is not one.
export function fromLondon(text) {
  const wall = Date.parse(`${text}Z`);
  if (Number.isNaN(wall)) return null;
  const first = wall - ahead(wall);
  return new Date(wall - ahead(first)).toISOString();
}

// A moment as London's clock shows it, for a field of date and time.
export function toLondon(at) {
  const part = named(PARTS, at);
  return `${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}`;
}

// A date of the directory, such as "2026-11-24", in words.
export function dateInWords(written) {
  const part = named(DAY, `${written}T12:00:00Z`);
  return `${part.day} ${part.month} ${part.year}`;
}
