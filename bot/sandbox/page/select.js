// Select menus: a combobox that opens a searchable listbox. One code for all ten kinds.
import { attempt, loadOptions } from "./api.js";
import { avatar } from "./avatar.js";
import { debounce, h, uid } from "./dom.js";
import { emojify } from "./emoji.js";
import { icon } from "./icons.js";
import { closePopup, movePopup, openPopup } from "./popup.js";
import { channel, currentChannel, displayName, person, store } from "./state.js";

const SEARCH_MS = 250;

// A choice is {id, text, detail, raw, mark}: `raw` is what the app receives.
const optionChoice = (option) => ({ id: option.value, text: option.text.text, detail: option.description?.text, raw: option });
const userChoice = (id) => ({ id, text: displayName(id), detail: person(id)?.title, raw: id, mark: () => avatar(id, 20) });
const channelLabel = (one) => (one?.kind === "dm" ? displayName(one.with) : one?.name);
const channelChoice = (id) => ({ id, text: channelLabel(channel(id)) ?? id, raw: id, mark: () => h("span", { class: "hash" }, channel(id)?.kind === "dm" ? "@" : channel(id)?.kind === "private" ? icon("lock", 13) : "#") });

const grouped = ({ options, option_groups: groups }) =>
  groups ? groups.map((group) => ({ label: group.label.text, choices: group.options.map(optionChoice) })) : [{ choices: (options ?? []).map(optionChoice) }];

const allUsers = () => [{ choices: [...store.users.values()].filter((one) => !one.deleted).map((one) => userChoice(one.id)) }];

const FILTER_KIND = { im: "dm", private: "private", public: "channel" };

function conversations(element) {
  const wanted = (element.filter?.include ?? ["im", "private", "public"]).map((name) => FILTER_KIND[name]);
  const shown = store.channels.filter((one) => wanted.includes(one.kind) && !(element.filter?.exclude_bot_users && person(one.with)?.is_bot));
  return [{ choices: shown.map((one) => channelChoice(one.id)) }];
}

const publicChannels = () => [{ choices: store.channels.filter((one) => one.kind === "channel").map((one) => channelChoice(one.id)) }];

// field: the value's name for one choice; the plural form carries an "s". choice: from a stored raw value.
const SOURCES = {
  static: { field: "selected_option", initial: "initial_option", choice: optionChoice, load: grouped },
  external: { field: "selected_option", initial: "initial_option", choice: optionChoice, load: null },
  users: { field: "selected_user", initial: "initial_user", choice: userChoice, load: allUsers },
  conversations: { field: "selected_conversation", initial: "initial_conversation", choice: channelChoice, load: conversations },
  channels: { field: "selected_channel", initial: "initial_channel", choice: channelChoice, load: publicChannels },
};

function initialValue(element, source, multi) {
  const given = element[multi ? `${source.initial}s` : source.initial];
  const here = element.default_to_current_conversation ? currentChannel()?.id : undefined;
  if (multi) return given ?? (here ? [here] : []);
  return given ?? here ?? null;
}

function select(kind, multi) {
  const source = SOURCES[kind];
  const field = multi ? `${source.field}s` : source.field;
  return (element, ctx) => {
    ctx.surface.value(ctx.blockId, element, { [field]: initialValue(element, source, multi) });
    const node = h("div", { class: multi ? "select multi" : "select", "data-action-id": element.action_id });
    const raw = () => ctx.surface.get(ctx.blockId, element.action_id)?.[field];
    const box = {
      element, ctx, source, multi, node,
      chosen: () => (multi ? raw() ?? [] : raw() ? [raw()] : []).map(source.choice),
      put: (choices) => ({ [field]: multi ? choices.map((one) => one.raw) : choices[0]?.raw ?? null }),
      draw: () => draw(box),
    };
    // A kept choice that is no longer offered is gone.
    if (kind === "static") dropVanished(box);
    draw(box);
    return node;
  };
}

function dropVanished(box) {
  const offered = new Set(box.source.load(box.element).flatMap((group) => group.choices.map((one) => one.id)));
  const kept = box.chosen().filter((one) => offered.has(one.id));
  if (kept.length !== box.chosen().length) box.ctx.surface.set(box.ctx.blockId, box.element, box.put(kept));
}

function draw(box) {
  const { element, ctx, node, multi } = box;
  const chosen = box.chosen();
  const placeholder = element.placeholder?.text ?? (multi ? "Select options" : "Select an option");
  const shown = !multi && chosen.length ? choiceLabel(chosen[0]) : [h("span", { class: "placeholder" }, placeholder)];
  const combo = h("button", { type: "button", class: "combo", role: "combobox", "aria-haspopup": "listbox", "aria-expanded": "false", "data-key": ctx.key(element), ...ctx.naming(element), autofocus: element.focus_on_load }, h("span", { class: "combo-text" }, ...shown), icon("down", 14));
  combo.addEventListener("click", () => openList(box, combo));
  combo.addEventListener("keydown", (event) => {
    if (!["ArrowDown", "ArrowUp"].includes(event.key)) return;
    event.preventDefault();
    openList(box, combo);
  });
  box.chips = multi ? h("span", { class: "chips" }) : null;
  if (multi) drawChips(box, chosen);
  const clear = !multi && ctx.optional && chosen.length ? h("button", { type: "button", class: "plain clear", "aria-label": "Clear selection", onclick: () => commit(box, []) }, icon("close", 14)) : null;
  node.replaceChildren(...[box.chips, combo, clear].filter(Boolean));
}

const choiceLabel = (choice) => [choice.mark?.() ?? null, ...emojify(choice.text)].filter(Boolean);

function drawChips(box, chosen) {
  box.chips.replaceChildren(...chosen.map((choice) => {
    const remove = () => commit(box, box.chosen().filter((one) => one.id !== choice.id));
    return h("span", { class: "chip" }, ...choiceLabel(choice), h("button", { type: "button", class: "plain", "aria-label": `Remove ${choice.text}`, onclick: remove }, icon("close", 12)));
  }));
}

function commit(box, choices) {
  const change = box.ctx.change(box.element, box.put(choices), box.node);
  box.draw();
  box.node.querySelector(".combo")?.focus({ preventScroll: true });
  return change;
}

function openList(box, combo) {
  const listId = uid("list");
  const search = h("input", { type: "search", class: "list-search", placeholder: "Search", "aria-label": "Search options", "aria-controls": listId, autocomplete: "off" });
  const list = h("div", { role: "listbox", id: listId, class: "list", "aria-multiselectable": box.multi ? "true" : undefined });
  const state = { picked: box.chosen(), changed: false, active: 0, search, list };
  const show = (groups, note) => drawList(box, state, { groups, note, combo });
  // Several choices go to the app together, once the list closes; so does Slack.
  openPopup(combo, h("div", { class: "listbox" }, search, list), { onClose: () => state.changed && commit(box, state.picked) });
  if (!list.isConnected) return;
  search.addEventListener("keydown", (event) => onListKey(event, state));
  const refresh = () => find(box, search.value.trim(), show);
  search.addEventListener("input", box.source.load ? refresh : debounce(refresh, SEARCH_MS));
  refresh();
  search.focus({ preventScroll: true });
}

async function find(box, query, show) {
  if (box.source.load) return show(matching(box.source.load(box.element), query));
  const needed = box.element.min_query_length ?? 3;
  if (query.length < needed) return show([], `Type at least ${needed} character${needed === 1 ? "" : "s"}`);
  const found = await attempt(loadOptions({ container: box.ctx.surface.container, block_id: box.ctx.blockId, action_id: box.element.action_id, query }));
  return show(grouped(found ?? {}));
}

function matching(groups, query) {
  const wanted = query.toLowerCase();
  const fits = (choice) => `${choice.text} ${choice.detail ?? ""}`.toLowerCase().includes(wanted);
  return groups.map((group) => ({ ...group, choices: group.choices.filter(fits) })).filter((group) => group.choices.length);
}

function drawList(box, state, { groups, note = "No matching options", combo }) {
  const parts = groups.map((group) => {
    const options = group.choices.map((choice) => optionNode(box, state, choice, combo));
    return group.label ? h("div", { role: "group", "aria-label": group.label }, h("div", { class: "list-group", "aria-hidden": "true" }, group.label), ...options) : options;
  });
  state.list.replaceChildren(...(groups.some((group) => group.choices.length) ? parts.flat() : [h("div", { class: "list-empty" }, note)]));
  const options = [...state.list.querySelectorAll("[role=option]")];
  const selected = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
  activate(state, Math.max(0, selected));
  movePopup();
}

function optionNode(box, state, choice, combo) {
  const isPicked = () => state.picked.some((one) => one.id === choice.id);
  const node = h("div", { role: "option", id: uid("option"), class: "option", "aria-selected": String(isPicked()) }, choice.mark?.() ?? null, h("span", { class: "menu-text" }, ...emojify(choice.text), choice.detail ? h("small", {}, choice.detail) : null), h("span", { class: "tick" }, icon("check", 15)));
  node.addEventListener("click", () => {
    if (!box.multi) {
      state.picked = [choice];
      state.changed = true;
      return closePopup({ refocus: combo.isConnected });
    }
    if (!isPicked() && state.picked.length >= (box.element.max_selected_items ?? Infinity)) return undefined;
    state.picked = isPicked() ? state.picked.filter((one) => one.id !== choice.id) : [...state.picked, choice];
    state.changed = true;
    node.setAttribute("aria-selected", String(isPicked()));
    box.ctx.surface.set(box.ctx.blockId, box.element, box.put(state.picked));
    drawChips(box, state.picked);
    return movePopup();
  });
  return node;
}

function activate(state, index) {
  const options = [...state.list.querySelectorAll("[role=option]")];
  options.forEach((one) => one.classList.remove("active"));
  state.active = Math.max(0, Math.min(index, options.length - 1));
  const current = options[state.active];
  current?.classList.add("active");
  current?.scrollIntoView({ block: "nearest" });
  if (current) state.search.setAttribute("aria-activedescendant", current.id);
}

function onListKey(event, state) {
  const moves = { ArrowDown: state.active + 1, ArrowUp: state.active - 1, PageDown: state.active + 8, PageUp: state.active - 8 };
  if (event.key in moves) activate(state, moves[event.key]);
  else if (event.key === "Enter") state.list.querySelector(".option.active")?.click();
  else return;
  event.preventDefault();
}

/** Element type -> maker. */
export const SELECTS = Object.fromEntries(
  Object.keys(SOURCES).flatMap((kind) => [
    [`${kind}_select`, select(kind, false)],
    [`multi_${kind}_select`, select(kind, true)],
  ]),
);
