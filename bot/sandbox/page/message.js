// One message: who, when, what, and what can be done with it.
import { attempt, react, runShortcut } from "./api.js";
import { avatar } from "./avatar.js";
import { blocks } from "./blocks.js";
import { h, keepFocus } from "./dom.js";
import { QUICK, emoji } from "./emoji.js";
import { fileList } from "./files.js";
import { icon } from "./icons.js";
import { mrkdwn } from "./mrkdwn.js";
import { pickEmoji } from "./picker.js";
import { openMenu } from "./popup.js";
import { displayName, person, store } from "./state.js";
import { Surface } from "./surface.js";
import { ago, clockTime, fromTs, fullTime } from "./time.js";

const surfaces = new Map();

function surfaceOf(message) {
  const key = `${store.user} ${message.channel} ${message.ts}`;
  if (!surfaces.has(key)) {
    surfaces.set(key, new Surface({ type: "message", channel: message.channel, ts: message.ts, is_ephemeral: message.ephemeral || undefined }));
  }
  return surfaces.get(key);
}

const authorName = (message) => message.bot_name || (message.user ? displayName(message.user) : store.app.name);
const isApp = (message) => Boolean(message.bot_name || person(message.user)?.is_bot || message.user === store.app.bot_user);

/**
 * A message as an article.
 *
 * @param {object} message
 * @param {{grouped?: boolean, inThread?: boolean, openThread?: Function, dismiss?: Function}} options - `grouped`
 *   leaves out the author when the message before is by the same one
 */
export function messageNode(message, { grouped = false, inThread = false, openThread, dismiss } = {}) {
  const when = fromTs(message.ts);
  const stamp = h("time", { datetime: when.toISOString(), title: fullTime(when) }, clockTime(when));
  const classes = ["message", grouped && "grouped", message.ephemeral && "ephemeral"].filter(Boolean).join(" ");
  const node = h("article", { class: classes, tabindex: "-1", "data-testid": "message", "data-key": message.ts, "data-ts": message.ts, "aria-label": `${authorName(message)} at ${clockTime(when)}` });
  node.append(
    h("div", { class: "gutter" }, grouped ? stamp : avatar(message.user ?? store.app.bot_user)),
    h(
      "div",
      { class: "message-main" },
      message.ephemeral ? h("div", { class: "only-you" }, icon("eye", 13), "Only visible to you") : null,
      grouped ? null : h("div", { class: "byline" }, h("strong", { class: "author", title: person(message.user)?.title }, authorName(message)), isApp(message) ? h("span", { class: "app-badge" }, "APP") : null, stamp),
      body(message),
      message.files?.length ? fileList(message.files) : null,
      reactionRow(message),
      !inThread && message.reply_count ? threadLink(message, openThread) : null,
      message.ephemeral && dismiss ? h("button", { class: "linklike", onclick: () => dismiss(message) }, "Dismiss message") : null,
    ),
  );
  if (!message.ephemeral) node.append(toolbar(message, { inThread, openThread }));
  return node;
}

function body(message) {
  const edited = message.edited ? h("span", { class: "edited" }, "(edited)") : null;
  if (!message.blocks?.length) {
    const node = h("div", { class: "message-text" }, ...mrkdwn(message.text));
    if (edited) (node.lastElementChild?.matches(".line, .hanging") ? node.lastElementChild : node).append(edited);
    node.append(...(message.attachments ?? []).map(attachment(message)));
    return node;
  }
  const surface = surfaceOf(message);
  const node = h("div", { class: "message-blocks" });
  const fill = () => node.replaceChildren(...surface.draw(() => blocks(message.blocks, surface)), ...(message.attachments ?? []).map(attachment(message)), ...(edited ? [edited] : []));
  surface.redraw = () => keepFocus(node, fill);
  surface.redraw();
  return node;
}

const attachment = (message) => (part) => {
  const colour = /^#?[0-9a-f]{6}$/i.test(part.color ?? "") ? `#${part.color.replace("#", "")}` : "var(--line-strong)";
  const inner = part.blocks ? blocks(part.blocks, surfaceOf(message)) : [part.title ? h("strong", {}, part.title) : null, ...mrkdwn(part.text ?? part.fallback ?? "")];
  return h("div", { class: "attachment", style: { "--bar": colour } }, ...inner);
};

function reactionRow(message) {
  if (!message.reactions?.length) return null;
  const add = h("button", { class: "reaction add", "aria-label": "Add reaction", "aria-haspopup": "dialog", "aria-expanded": "false" }, icon("react", 16));
  add.addEventListener("click", () => pickEmoji(add, (name) => toggle(message, name)));
  return h("div", { class: "reactions" }, ...message.reactions.map((one) => reaction(message, one)), add);
}

function reaction(message, { name, users }) {
  const mine = users.includes(store.user);
  const who = users.map((id) => (id === store.user ? "You" : displayName(id))).join(", ");
  const label = `${name.replaceAll("_", " ")}, ${users.length} ${users.length === 1 ? "reaction" : "reactions"}`;
  return h("button", { class: "reaction", "data-key": `${message.ts}/react/${name}`, "data-reaction": name, "aria-pressed": String(mine), "aria-label": label, title: `${who} reacted with :${name}:`, onclick: () => toggle(message, name) }, emoji(name), h("span", { class: "count" }, String(users.length)));
}

function toggle(message, name) {
  const mine = message.reactions?.find((one) => one.name === name)?.users.includes(store.user);
  return attempt(react(message.channel, message.ts, name, !mine));
}

function threadLink(message, openThread) {
  const count = message.reply_count;
  const faces = (message.reply_users ?? []).slice(0, 4).map((id) => avatar(id, 22));
  const last = message.latest_reply ? h("span", { class: "quiet" }, `Last reply ${ago(fromTs(message.latest_reply))}`) : null;
  return h("button", { class: "thread-link", "data-key": `${message.ts}/thread`, onclick: () => openThread(message) }, h("span", { class: "faces" }, ...faces), h("span", { class: "link" }, `${count} ${count === 1 ? "reply" : "replies"}`), last);
}

function toolbar(message, { inThread, openThread }) {
  const tool = (name, label, run, extra = {}) => {
    const node = h("button", { "aria-label": label, title: label, ...extra }, typeof name === "string" ? icon(name) : name);
    node.addEventListener("click", () => run(node));
    return node;
  };
  const quick = QUICK.slice(0, 3).map((name) => tool(emoji(name), `React with ${name.replaceAll("_", " ")}`, () => toggle(message, name)));
  const picker = tool("react", "Add reaction…", (node) => pickEmoji(node, (name) => toggle(message, name)), { "aria-haspopup": "dialog", "aria-expanded": "false" });
  const thread = inThread || !openThread ? null : tool("reply", "Reply in thread", () => openThread(message));
  const more = tool("more", "More actions", (node) => openMenu(node, "More actions", shortcuts(message)), { "aria-haspopup": "menu", "aria-expanded": "false" });
  const bar = h("div", { class: "toolbar", role: "toolbar", "aria-label": "Message actions" }, ...quick, picker, thread, more);
  return h("div", { class: "toolbar-dock" }, bar);
}

const shortcuts = (message) =>
  store.app.shortcuts
    .filter((one) => one.type === "message")
    .map((one) => ({
      label: one.name,
      detail: `${store.app.name} · ${one.description ?? ""}`,
      icon: icon("bolt"),
      run: () => attempt(runShortcut(one.callback_id, { channel: message.channel, ts: message.ts })),
    }));
