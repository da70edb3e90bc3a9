// The emoji picker: the useful ones first, all known ones by name.
import { h } from "./dom.js";
import { CHARACTERS, QUICK, emoji } from "./emoji.js";
import { closePopup, openPopup } from "./popup.js";

const ORDER = [...QUICK, ...Object.keys(CHARACTERS).filter((name) => !QUICK.includes(name))];
const COLUMNS = 8;

/** Let the person pick an emoji beside `anchor`; `use` gets its short name. */
export function pickEmoji(anchor, use) {
  const search = h("input", { type: "search", class: "list-search", placeholder: "Find an emoji", "aria-label": "Find an emoji", autocomplete: "off" });
  const grid = h("div", { class: "emoji-grid", role: "group", "aria-label": "Emoji" });
  const choose = (name) => {
    closePopup({ refocus: true });
    use(name);
  };
  const draw = () => {
    const wanted = search.value.trim().toLowerCase().replaceAll(" ", "_").replaceAll(":", "");
    const found = ORDER.filter((name) => name.includes(wanted));
    grid.replaceChildren(...found.map((name) => h("button", { "aria-label": name.replaceAll("_", " "), title: `:${name}:`, onclick: () => choose(name) }, emoji(name))));
  };
  search.addEventListener("input", draw);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") grid.firstElementChild?.click();
    else if (event.key === "ArrowDown") grid.firstElementChild?.focus();
    else return;
    event.preventDefault();
  });
  grid.addEventListener("keydown", (event) => move(event, grid));
  draw();
  openPopup(anchor, h("div", { class: "picker", role: "dialog", "aria-label": "Emoji" }, search, grid));
  search.focus({ preventScroll: true });
}

function move(event, grid) {
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key];
  if (!step) return;
  event.preventDefault();
  const all = [...grid.children];
  all[all.indexOf(document.activeElement) + step]?.focus();
}
