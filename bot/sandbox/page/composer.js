// The box one types into: slash commands, mentions, shortcuts.
import { attempt, postMessage, runShortcut } from "./api.js";
import { avatar } from "./avatar.js";
import { h, uid } from "./dom.js";
import { icon } from "./icons.js";
import { pickEmoji } from "./picker.js";
import { openMenu } from "./popup.js";
import { channel, displayName, store } from "./state.js";

const drafts = new Map();
const MAX_HEIGHT_PX = 220;
const MAX_SUGGESTIONS = 8;

/** A composer for a channel, or for one of its threads. */
export function composer({ channel: id, thread }) {
  const where = channel(id);
  const name = where?.kind === "dm" ? displayName(where.with) : `#${where?.name}`;
  const label = thread ? "Reply in thread" : `Message ${name}`;
  const draftKey = `${store.user} ${id} ${thread ?? ""}`;
  const listId = uid("suggest");
  const text = h("textarea", { rows: 1, placeholder: thread ? "Reply…" : label, "aria-label": label, value: drafts.get(draftKey) ?? "", "aria-autocomplete": "list", "aria-controls": listId, "data-key": `composer ${thread ?? id}` });
  const list = h("div", { class: "suggestions", role: "listbox", id: listId, hidden: true, "aria-label": "Suggestions" });
  const box = { text, list, id, thread, draftKey, found: [], active: 0 };
  const send = h("button", { class: "send", type: "button", "aria-label": "Send now", onclick: () => submit(box) }, icon("send"));
  const shortcuts = h("button", { class: "plain", type: "button", "aria-label": "Shortcuts", title: "Shortcuts", "aria-haspopup": "menu", "aria-expanded": "false" }, icon("bolt"));
  shortcuts.addEventListener("click", () => openMenu(shortcuts, "Shortcuts", shortcutItems(box)));
  const smile = h("button", { class: "plain", type: "button", "aria-label": "Emoji", title: "Emoji", "aria-haspopup": "dialog", "aria-expanded": "false" }, icon("react"));
  smile.addEventListener("click", () => pickEmoji(smile, (chosen) => insert(box, `:${chosen}: `)));
  box.changed = () => {
    drafts.set(draftKey, text.value);
    send.disabled = !text.value.trim();
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight, MAX_HEIGHT_PX)}px`;
    suggest(box);
  };
  text.addEventListener("input", box.changed);
  text.addEventListener("keydown", (event) => onKey(event, box));
  text.addEventListener("blur", () => setTimeout(() => hide(box), 150));
  queueMicrotask(box.changed);
  return h("div", { class: "composer", "data-testid": thread ? "thread-composer" : "composer" }, list, h("div", { class: "composer-box" }, text, h("div", { class: "composer-tools" }, thread ? null : shortcuts, smile, h("span", { class: "hint" }, "Enter to send · Shift + Enter for a new line"), send)));
}

function insert(box, addition) {
  box.text.setRangeText(addition, box.text.selectionStart, box.text.selectionEnd, "end");
  box.text.focus();
  box.changed();
}

function shortcutItems(box) {
  const global = store.app.shortcuts.filter((one) => one.type === "global").map((one) => ({
    label: one.name,
    detail: one.description,
    icon: icon("bolt"),
    run: () => attempt(runShortcut(one.callback_id)),
  }));
  const commands = store.app.commands.map((one) => ({
    label: one.command,
    detail: one.description,
    icon: h("span", { class: "hash" }, "/"),
    run: () => {
      box.text.value = `${one.command} `;
      box.text.focus();
      box.changed();
    },
  }));
  return [...global, ...commands];
}

async function submit(box) {
  const typed = box.text.value.trim();
  if (!typed || box.sending) return;
  box.sending = true;
  box.text.value = "";
  box.changed();
  const sent = await attempt(postMessage(box.id, outgoing(typed), box.thread));
  box.sending = false;
  if (sent || box.text.value) return;
  box.text.value = typed; // refused: nothing typed is lost
  box.changed();
}

// Full names, as completed here, become mentions; the server does the rest of what Slack's client does.
function outgoing(typed) {
  const people = [...store.users.values()].flatMap((one) => [[one.real_name, `<@${one.id}>`], [one.name, `<@${one.id}>`]]);
  const groups = store.groups.map((one) => [one.handle?.replace(/^@/, ""), `<!subteam^${one.id}>`]);
  const ranges = ["here", "channel", "everyone"].map((one) => [one, `<!${one}>`]);
  const rooms = store.channels.filter((one) => one.kind !== "dm").map((one) => [one.name, `<#${one.id}>`]);
  return replaceNames(replaceNames(typed, "@", [...people, ...groups, ...ranges]), "#", rooms);
}

function replaceNames(text, mark, pairs) {
  const byName = new Map(pairs.filter(([name]) => name).map(([name, mention]) => [name.toLowerCase(), mention]));
  if (!byName.size) return text;
  const names = [...byName.keys()].sort((a, b) => b.length - a.length).map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return text.replace(new RegExp(`(?<![\\w&])${mark}(${names.join("|")})(?![\\w-])`, "gi"), (_, name) => byName.get(name.toLowerCase()));
}

// What may be completed at the caret, and with what.
const SOURCES = [
  { pattern: /^(\/[\w-]*)$/, find: commandChoices },
  { pattern: /(?:^|\s)@([\w. ]{0,24})$/, find: peopleChoices },
  { pattern: /(?:^|\s)#([\w-]{0,40})$/, find: channelChoices },
];

function commandChoices(typed, { thread }) {
  if (thread) return []; // Slack runs no slash commands inside threads
  return store.app.commands
    .filter((one) => one.command.startsWith(typed))
    .map((one) => ({ text: one.command, detail: [one.usage_hint, one.description].filter(Boolean).join(" — "), mark: icon("bolt"), insert: `${one.command} ` }));
}

function peopleChoices(typed) {
  const wanted = typed.toLowerCase();
  const people = [...store.users.values()]
    .filter((one) => !one.deleted && `${one.real_name} ${one.name}`.toLowerCase().includes(wanted))
    .map((one) => ({ text: one.real_name || one.name, detail: one.title, mark: avatar(one.id, 20), insert: `@${one.real_name || one.name} ` }));
  const groups = store.groups.filter((one) => one.handle?.includes(wanted)).map((one) => ({ text: `@${one.handle.replace(/^@/, "")}`, detail: one.name, mark: icon("people"), insert: `@${one.handle.replace(/^@/, "")} ` }));
  return [...people, ...groups];
}

function channelChoices(typed) {
  return store.channels
    .filter((one) => one.kind !== "dm" && one.name.includes(typed.toLowerCase()))
    .map((one) => ({ text: `#${one.name}`, detail: one.topic, mark: h("span", { class: "hash" }, "#"), insert: `#${one.name} ` }));
}

function suggest(box) {
  const before = box.text.value.slice(0, box.text.selectionStart);
  box.found = [];
  for (const { pattern, find } of SOURCES) {
    const match = pattern.exec(before);
    if (!match) continue;
    box.found = find(match[1], box).slice(0, MAX_SUGGESTIONS);
    box.from = before.length - match[1].length - (match[1].startsWith("/") ? 0 : 1);
    break;
  }
  // Typed in full: Enter should send, not complete.
  const typed = before.slice(box.from).toLowerCase();
  if (box.found.some((one) => one.insert.trim().toLowerCase() === typed)) box.found = [];
  box.active = 0;
  drawSuggestions(box);
}

function drawSuggestions(box) {
  box.list.hidden = !box.found.length;
  box.list.replaceChildren(...box.found.map((one, index) =>
    h("div", { role: "option", class: index === box.active ? "option active" : "option", "aria-selected": String(index === box.active), id: `${box.list.id}-${index}`, onpointerdown: (event) => { event.preventDefault(); take(box, one); } }, one.mark, h("span", { class: "menu-text" }, one.text, one.detail ? h("small", {}, one.detail) : null)),
  ));
  const active = box.found.length ? `${box.list.id}-${box.active}` : "";
  box.text.setAttribute("aria-activedescendant", active);
  box.list.querySelector(".active")?.scrollIntoView({ block: "nearest" });
}

function hide(box) {
  box.found = [];
  drawSuggestions(box);
}

function take(box, choice) {
  box.text.setRangeText(choice.insert, box.from, box.text.selectionStart, "end");
  box.changed();
  hide(box);
}

function onKey(event, box) {
  if (event.isComposing) return;
  if (box.found.length && onSuggestionKey(event, box)) {
    event.preventDefault();
    event.stopPropagation();
  } else if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    submit(box);
  }
}

function onSuggestionKey(event, box) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    box.active = (box.active + step + box.found.length) % box.found.length;
    drawSuggestions(box);
  } else if (event.key === "Tab" || event.key === "Enter") take(box, box.found[box.active]);
  else if (event.key === "Escape") hide(box);
  else return false;
  return true;
}
