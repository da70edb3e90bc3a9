// Standard Markdown, as far as markdown blocks and documents need it: headings, lists, tables, quotes, code.
import { h } from "./dom.js";
import { emojify } from "./emoji.js";
import { link } from "./mrkdwn.js";

const FENCE = /^\s*(```|~~~)/;
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const RULE = /^\s*([-*_])(\s*\1){2,}\s*$/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

/** Markdown text as a list of nodes. */
export function markdown(text) {
  const rows = String(text ?? "").replaceAll("\r\n", "\n").split("\n");
  const nodes = [];
  while (rows.length) {
    const node = takeBlock(rows);
    if (node) nodes.push(node);
  }
  return nodes;
}

function takeBlock(rows) {
  const row = rows[0];
  if (!row.trim()) return void rows.shift();
  if (FENCE.test(row)) return fence(rows);
  if (RULE.test(row)) return rows.shift() && h("hr");
  if (HEADING.test(row)) return heading(rows.shift());
  if (/^\s*>/.test(row)) return quote(rows);
  if (row.includes("|") && TABLE_RULE.test(rows[1] ?? "") && rows[1].includes("-")) return table(rows);
  if (ITEM.test(row)) return list(rows, ITEM.exec(row)[1].length);
  return paragraph(rows);
}

function fence(rows) {
  const mark = FENCE.exec(rows.shift())[1];
  const body = [];
  while (rows.length && !rows[0].trim().startsWith(mark)) body.push(rows.shift());
  rows.shift();
  return h("pre", {}, body.join("\n"));
}

function heading(row) {
  const [, marks, text] = HEADING.exec(row);
  return h(`h${Math.min(6, marks.length + 1)}`, { class: `md-h${marks.length}` }, ...spans(text));
}

function quote(rows) {
  const body = [];
  while (rows.length && /^\s*>/.test(rows[0])) body.push(rows.shift().replace(/^\s*> ?/, ""));
  return h("blockquote", {}, ...markdown(body.join("\n")));
}

const cells = (row) => row.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));

function table(rows) {
  const head = cells(rows.shift());
  const align = cells(rows.shift()).map((cell) => (/^:.*:$/.test(cell) ? "center" : cell.endsWith(":") ? "right" : "left"));
  const cell = (tag) => (text, index) => h(tag, { class: `align-${align[index] ?? "left"}` }, ...spans(text));
  const body = [];
  while (rows.length && rows[0].includes("|")) body.push(h("tr", {}, ...cells(rows.shift()).map(cell("td"))));
  return h("div", { class: "table-wrap" }, h("table", {}, h("thead", {}, h("tr", {}, ...head.map(cell("th")))), h("tbody", {}, ...body)));
}

function list(rows, indent) {
  const ordered = /\d/.test(ITEM.exec(rows[0])[2]);
  const node = h(ordered ? "ol" : "ul", ordered ? { start: parseInt(ITEM.exec(rows[0])[2], 10) } : {});
  while (rows.length) {
    const item = ITEM.exec(rows[0]);
    if (item && item[1].length > indent && node.lastChild) node.lastChild.append(list(rows, item[1].length));
    else if (item && item[1].length === indent) node.append(listItem(rows.shift(), item[3]));
    else if (!item && /^\s+\S/.test(rows[0]) && node.lastChild) node.lastChild.append(" ", ...spans(rows.shift().trim()));
    else break;
  }
  return node;
}

function listItem(_, text) {
  const task = /^\[([ xX])\]\s+(.*)$/.exec(text);
  if (!task) return h("li", {}, ...spans(text));
  return h("li", { class: "task" }, h("input", { type: "checkbox", checked: task[1] !== " ", disabled: true, "aria-label": task[2] }), ...spans(task[2]));
}

function paragraph(rows) {
  const body = [rows.shift()];
  while (rows.length && rows[0].trim() && !FENCE.test(rows[0]) && !HEADING.test(rows[0]) && !ITEM.test(rows[0]) && !/^\s*>/.test(rows[0])) body.push(rows.shift());
  return h("p", {}, ...body.flatMap((row, index) => [index ? h("br") : "", ...spans(row.trim())]));
}

const SPAN = /`([^`]+)`|\[([^\]]+)\]\(([^)\s]+)[^)]*\)|<(https?:[^>\s]+)>|(\*\*|__)(?=\S)(.+?\S|\S)\5|(?<![\w*])(\*|_)(?=\S)(.+?\S|\S)\7(?!\w)|~~(.+?)~~|\\([\\`*_{}[\]()#+\-.!|>~])|(https?:\/\/[^\s<>)]*[^\s<>).,;:!?])/g;

function spans(text) {
  const nodes = [];
  let last = 0;
  for (const match of text.matchAll(SPAN)) {
    nodes.push(...emojify(text.slice(last, match.index)), span(match));
    last = match.index + match[0].length;
  }
  return [...nodes, ...emojify(text.slice(last))];
}

function span([, code, label, url, auto, , bold, , italic, strike, escaped, bare]) {
  if (code !== undefined) return h("code", {}, code);
  if (label !== undefined) return link(url, ...spans(label));
  if (auto ?? bare) return link(auto ?? bare);
  if (bold !== undefined) return h("strong", {}, ...spans(bold));
  if (italic !== undefined) return h("em", {}, ...spans(italic));
  if (strike !== undefined) return h("s", {}, ...spans(strike));
  return escaped;
}
