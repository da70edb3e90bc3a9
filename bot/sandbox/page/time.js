// Instants as the viewed person sees them: always in that person's own time zone.
import { me, workspaceNow } from "./state.js";

const zone = () => me()?.tz || "UTC";
const formats = new Map();

function format(date, options) {
  const key = JSON.stringify([zone(), options]);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: zone(), ...options }));
  return formats.get(key).format(date);
}

export const fromTs = (ts) => new Date(Number(ts) * 1000);
export const clockTime = (date) => format(date, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
export const clockSeconds = (date) => format(date, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
export const shortDay = (date) => format(date, { weekday: "short", day: "numeric", month: "short" });
export const fullTime = (date) => `${format(date, { dateStyle: "full" })}, ${clockSeconds(date)} (${zone()})`;
export const dayKey = (date) => format(date, { dateStyle: "short" });

const DAY_MS = 86_400_000;

/** "Today", "Yesterday" or the date, for the dividers between days. */
export function dayLabel(date) {
  const now = new Date(workspaceNow());
  if (dayKey(date) === dayKey(now)) return "Today";
  if (dayKey(date) === dayKey(new Date(now - DAY_MS))) return "Yesterday";
  if (dayKey(date) === dayKey(new Date(now.getTime() + DAY_MS))) return "Tomorrow";
  return format(date, { weekday: "long", day: "numeric", month: "long" });
}

/** Seconds as people say them: "just now", "5 minutes", "3 hours", "2 days". */
export function spell(seconds) {
  const steps = [[86400, "day"], [3600, "hour"], [60, "minute"]];
  const [size, word] = steps.find(([limit]) => seconds >= limit) ?? [];
  if (!word) return null;
  const count = Math.floor(seconds / size);
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

export function ago(date) {
  const seconds = (workspaceNow() - date) / 1000;
  const said = spell(Math.abs(seconds));
  if (!said) return "just now";
  return seconds < 0 ? `in ${said}` : `${said} ago`;
}

// Slack leaves the year out within six months of now.
function dated(date, options) {
  const near = Math.abs(workspaceNow() - date) < 183 * DAY_MS;
  return format(date, near ? options : { ...options, year: "numeric" });
}

function pretty(date, otherwise) {
  const label = dayLabel(date);
  return ["Today", "Yesterday", "Tomorrow"].includes(label) ? label.toLowerCase() : otherwise;
}

const TOKENS = {
  date_num: (d) => format(d, { year: "numeric", month: "2-digit", day: "2-digit" }).split("/").reverse().join("-"),
  date: (d) => dated(d, { day: "numeric", month: "long" }),
  date_short: (d) => dated(d, { day: "numeric", month: "short" }),
  date_long: (d) => dated(d, { weekday: "long", day: "numeric", month: "long" }),
  date_pretty: (d) => pretty(d, TOKENS.date(d)),
  date_short_pretty: (d) => pretty(d, TOKENS.date_short(d)),
  date_long_pretty: (d) => pretty(d, TOKENS.date_long(d)),
  time: clockTime,
  time_secs: clockSeconds,
  ago,
};

/** Fill Slack's date tokens ("{date_short} at {time}") for a Unix time in seconds; null if one is unknown. */
export function fillDate(unix, pattern) {
  const date = new Date(Number(unix) * 1000);
  if (Number.isNaN(date.getTime())) return null;
  let known = true;
  const text = pattern.replace(/\{(\w+)\}/g, (_, token) => {
    if (!TOKENS[token]) known = false;
    return TOKENS[token]?.(date) ?? "";
  });
  return known ? text : null;
}

/** Unix seconds as the value of a datetime-local field in the person's zone. */
export function toLocalField(unix) {
  const date = new Date(unix * 1000);
  return `${TOKENS.date_num(date)}T${clockTime(date)}`;
}

/** The value of a datetime-local field, read in the person's zone, as Unix seconds. */
export function fromLocalField(value) {
  const wanted = Date.parse(`${value}:00Z`);
  let unix = wanted;
  // Twice: the first step may land on the other side of a clock change.
  for (let round = 0; round < 2; round += 1) unix += wanted - Date.parse(`${toLocalField(unix / 1000)}:00Z`);
  return Math.floor(unix / 1000);
}
