// Ctrl or Cmd + K: jump to a channel, or act as another person, by typing a few letters.
import { avatar } from "./avatar.js";
import { openDialog } from "./dialog.js";
import { h, uid } from "./dom.js";
import { icon } from "./icons.js";
import { displayName, store } from "./state.js";
import { people } from "./sidebar.js";

let opened = false;

/** Open the quick switcher. */
export function openSwitcher({ goTo, actAs }) {
  if (opened) return;
  opened = true;
  const listId = uid("jump");
  const search = h("input", { type: "search", class: "list-search", placeholder: "A channel or a person", "aria-label": "Jump to", "aria-controls": listId, autocomplete: "off", autofocus: true });
  const list = h("div", { role: "listbox", id: listId, class: "list", "aria-label": "Places and people" });
  const { close } = openDialog({ title: "Jump to…", className: "switcher", body: h("div", {}, search, list), onClosed: () => (opened = false) });
  const all = targets({ goTo, actAs });
  let active = 0;
  let found = all;
  const draw = () => {
    const wanted = search.value.trim().toLowerCase().replace(/^[#@]/, "");
    found = all.filter((one) => `${one.text} ${one.detail ?? ""}`.toLowerCase().includes(wanted));
    active = Math.min(active, Math.max(0, found.length - 1));
    list.replaceChildren(...found.map((one, index) => h("div", { role: "option", id: `${listId}-${index}`, class: index === active ? "option active" : "option", "aria-selected": String(index === active), onclick: () => pick(one) }, one.mark, h("span", { class: "menu-text" }, one.text, one.detail ? h("small", {}, one.detail) : null))));
    search.setAttribute("aria-activedescendant", found.length ? `${listId}-${active}` : "");
    list.children[active]?.scrollIntoView({ block: "nearest" });
  };
  const pick = (one) => {
    close();
    one.run();
  };
  search.addEventListener("input", () => { active = 0; draw(); });
  search.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      active = (active + step + found.length) % Math.max(1, found.length);
      draw();
    } else if (event.key === "Enter" && found[active]) pick(found[active]);
    else return;
    event.preventDefault();
  });
  draw();
}

function targets({ goTo, actAs }) {
  const rooms = store.channels.filter((one) => one.with !== store.app.bot_user).map((one) => ({
    text: one.kind === "dm" ? displayName(one.with) : one.name,
    detail: one.kind === "dm" ? "Direct message" : one.topic,
    mark: one.kind === "dm" ? avatar(one.with, 24) : h("span", { class: "hash" }, one.kind === "private" ? icon("lock", 14) : "#"),
    run: () => goTo({ channel: one.id }),
  }));
  const app = { text: `${store.app.name}: Home`, detail: "App", mark: avatar(store.app.bot_user, 24), run: () => goTo({ app: "home" }) };
  const acting = people().filter((one) => one.id !== store.user).map((one) => ({ text: `Act as ${one.real_name || one.name}`, detail: one.title, mark: avatar(one.id, 24), run: () => actAs(one.id) }));
  return [...rooms, app, ...acting];
}
