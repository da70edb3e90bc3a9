// Slack's mrkdwn as DOM nodes. Text becomes text nodes only; nothing is ever parsed as HTML.
import { h } from "./dom.js";
import { emoji, isEmoji, withEmoji } from "./emoji.js";
import { channel, displayName, person, store } from "./state.js";
import { fillDate } from "./time.js";

const SAFE_URL = /^(https?:|mailto:|tel:|slack:)/i;
const STYLES = { "*": "strong", _: "em", "~": "s" };

export const unescapeText = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** A link that opens outside the page; unsafe addresses are shown as text. */
export function link(url, ...label) {
  const shown = label.length ? label : [url];
  if (!SAFE_URL.test(url)) return h("span", {}, ...shown);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, ...shown);
}

const pill = (text, { mine = false, title } = {}) => h("span", { class: mine ? "mention mine" : "mention", title }, text);

export const userMention = (id, label) => pill(`@${person(id) ? displayName(id) : label || id}`, { mine: id === store.user, title: person(id)?.title });
export const broadcastMention = (range) => pill(`@${range}`, { mine: true });
export const channelMention = (id, label) => pill(`#${channel(id)?.name ?? (label || "private-channel")}`);

export function groupMention(id, label) {
  const group = store.groups.find((one) => one.id === id);
  const handle = (group?.handle ?? label ?? id).replace(/^@/, "");
  return pill(`@${handle}`, { mine: group?.users?.includes(store.user), title: group?.name });
}

/** mrkdwn text as nodes; with `verbatim`, bare addresses and names stay plain text. */
export function mrkdwn(text, { verbatim = false } = {}) {
  const nodes = [];
  String(text ?? "").split(/```\n?([\s\S]*?)\n?```\n?/).forEach((part, index) => {
    if (index % 2) nodes.push(h("pre", {}, literal(part)));
    else if (part) nodes.push(...lines(part, verbatim));
  });
  return nodes;
}

const QUOTE = /^(?:&gt;|>) ?(.*)$/;
const LISTED = /^(\s*)((?:[•◦▪–-]|\d{1,3}[.)])\s+)(.*)$/;

function lines(text, verbatim) {
  const nodes = [];
  let quote = null;
  const rows = text.split("\n");
  rows.forEach((row, index) => {
    const quoted = QUOTE.exec(row);
    if (quoted) {
      if (!quote) nodes.push((quote = h("blockquote")));
      quote.append(h("div", {}, ...inline(quoted[1], verbatim), quoted[1] ? "" : "\u00a0"));
      return;
    }
    quote = null;
    const listed = LISTED.exec(row);
    if (listed) {
      const indent = { "padding-inline-start": `${listed[1].length * 0.5}em` };
      nodes.push(h("div", { class: "hanging", style: indent }, h("span", {}, listed[2]), h("span", {}, ...inline(listed[3], verbatim))));
    } else if (row || index < rows.length - 1) nodes.push(h("div", { class: row ? "line" : "line blank" }, ...inline(row, verbatim)));
  });
  return nodes;
}

// One alternative per construct; the first that matches at a place wins.
const TOKEN = new RegExp(
  [
    "<(?<angle>[^<>\\n]+)>",
    "`(?<code>[^`\\n]+)`",
    "(?<![\\w*_~])(?<mark>[*_~])(?=\\S)(?<styled>[^\\n]*?\\S)\\k<mark>(?![\\w])",
    ":(?<emoji>[a-z0-9_+-]+(?:::skin-tone-[2-6])?):",
    "(?<url>https?://[^\\s<>|]*[^\\s<>|.,;:!?)\\]'\"])",
    "(?<![\\w/])@(?<range>here|channel|everyone)\\b",
    "(?<![\\w/&])#(?<name>[a-z0-9_-]+)",
  ].join("|"),
  "g",
);

function inline(text, verbatim) {
  const nodes = [];
  let last = 0;
  for (const match of text.matchAll(TOKEN)) {
    const node = token(match.groups, verbatim);
    if (node === null) continue;
    nodes.push(...plain(text.slice(last, match.index)), node);
    last = match.index + match[0].length;
  }
  nodes.push(...plain(text.slice(last)));
  return nodes;
}

const plain = (text) => (text ? withEmoji(unescapeText(text)) : []);

function token(found, verbatim) {
  if (found.angle !== undefined) return angle(found.angle);
  if (found.code !== undefined) return h("code", {}, literal(found.code));
  if (found.mark !== undefined) return h(STYLES[found.mark], {}, ...inline(found.styled, verbatim));
  if (found.emoji !== undefined) return isEmoji(found.emoji) ? emoji(found.emoji) : null;
  if (verbatim) return null;
  if (found.url !== undefined) return link(unescapeText(found.url));
  if (found.range !== undefined) return broadcastMention(found.range);
  const named = store.channels.find((one) => one.name === found.name && one.kind !== "dm");
  return named ? channelMention(named.id) : null;
}

// Inside code nothing is styled, but links and mentions show as what they name.
function literal(text) {
  return unescapeText(text.replace(/<([^<>|\n]+)(?:\|([^<>\n]*))?>/g, (whole, target, label) => label || (SAFE_URL.test(target) ? target : whole)));
}

function angle(body) {
  const bar = body.indexOf("|");
  const target = bar < 0 ? body : body.slice(0, bar);
  const label = bar < 0 ? "" : unescapeText(body.slice(bar + 1));
  if (target.startsWith("@")) return userMention(target.slice(1), label);
  if (target.startsWith("#")) return channelMention(target.slice(1), label);
  if (target.startsWith("!date^")) return date(target, label);
  if (target.startsWith("!subteam^")) return groupMention(target.slice(9), label);
  if (target.startsWith("!")) return broadcastMention(label.replace(/^@/, "") || target.slice(1));
  return link(unescapeText(target), ...(label ? withEmoji(label) : []));
}

function date(target, fallback) {
  const [, unix, pattern, url] = target.split("^");
  const text = fillDate(unix, pattern ?? "") ?? fallback;
  const shown = h("time", { datetime: new Date(Number(unix) * 1000 || 0).toISOString(), title: fallback }, text);
  return url ? link(unescapeText(url), shown) : shown;
}
