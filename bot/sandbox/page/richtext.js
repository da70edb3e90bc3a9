// rich_text blocks: Slack's structured text.
import { h } from "./dom.js";
import { emoji, withEmoji } from "./emoji.js";
import { broadcastMention, channelMention, groupMention, link, userMention } from "./mrkdwn.js";
import { fillDate } from "./time.js";

const WRAPPERS = { code: "code", bold: "strong", italic: "em", strike: "s", underline: "u", highlight: "mark", client_highlight: "mark" };

const LEAVES = {
  text: (leaf) => withEmoji(leaf.text),
  link: (leaf) => [link(leaf.url, leaf.text || leaf.url)],
  emoji: (leaf) => [emoji(leaf.name)],
  user: (leaf) => [userMention(leaf.user_id)],
  channel: (leaf) => [channelMention(leaf.channel_id)],
  usergroup: (leaf) => [groupMention(leaf.usergroup_id)],
  broadcast: (leaf) => [broadcastMention(leaf.range)],
  date: (leaf) => [h("time", { title: leaf.fallback }, fillDate(leaf.timestamp, leaf.format) ?? leaf.fallback ?? "")],
  color: (leaf) => [h("span", { class: "swatch", style: { "--swatch": leaf.value } }), h("code", {}, leaf.value)],
};

function leafNodes(leaf) {
  let nodes = LEAVES[leaf.type]?.(leaf) ?? [leaf.text ?? ""];
  for (const [style, tag] of Object.entries(WRAPPERS)) if (leaf.style?.[style]) nodes = [h(tag, {}, ...nodes)];
  return nodes;
}

const leaves = (element) => (element.elements ?? []).flatMap(leafNodes);

function list(element) {
  const ordered = element.style === "ordered";
  const indent = element.indent ?? 0;
  const attributes = { class: element.border ? "rich-list bordered" : "rich-list", "data-indent": indent % 3, style: { "margin-inline-start": `${indent * 1.6}em` } };
  if (ordered && element.offset) attributes.start = element.offset + 1;
  return h(ordered ? "ol" : "ul", attributes, ...element.elements.map((item) => h("li", {}, ...leaves(item))));
}

const PARTS = {
  rich_text_section: (element) => h("div", { class: "rich-line" }, ...leaves(element)),
  rich_text_list: list,
  rich_text_quote: (element) => h("blockquote", {}, ...leaves(element)),
  rich_text_preformatted: (element) => h("pre", {}, ...leaves(element)),
};

/** The elements of a rich_text block as nodes. */
export const richText = (block) => (block.elements ?? []).map((element) => PARTS[element.type]?.(element) ?? h("div", {}, ...leaves(element)));

/** Plain text as the rich_text value that a rich_text_input reports: one section, line breaks kept. */
export const asRichText = (text) => ({ type: "rich_text", elements: [{ type: "rich_text_section", elements: text ? [{ type: "text", text }] : [] }] });

/** The plain text of a rich_text value, to fill a rich_text_input again. */
export const richToPlain = (value) =>
  (value?.elements ?? []).map((part) => (part.elements ?? []).map((leaf) => leaf.text ?? leaf.elements?.map((one) => one.text ?? "").join("") ?? "").join(part.type === "rich_text_list" ? "\n" : "")).join("\n");
