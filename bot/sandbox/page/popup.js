// Small layers beside a control: menus, listboxes, pickers. One is open at a time.
import { h, rove } from "./dom.js";

let open = null;

/** Close the layer that is open, if any; focus goes back to its control when `refocus`. */
export function closePopup({ refocus = false } = {}) {
  if (!open) return;
  const { layer, anchor, onClose, stop } = open;
  open = null;
  stop.abort();
  layer.remove();
  anchor.setAttribute("aria-expanded", "false");
  if (refocus && anchor.isConnected) anchor.focus({ preventScroll: true });
  onClose?.();
}

/** Open `content` beside `anchor`; Esc, Tab and a press outside close it. Returns nothing if it was open: it closes. */
export function openPopup(anchor, content, { onClose, wide = false, label } = {}) {
  const again = open?.anchor === anchor;
  closePopup();
  if (again) return;
  const stop = new AbortController();
  const layer = h("div", { class: wide ? "popup wide" : "popup", popover: "manual", "aria-label": label }, content);
  // Inside a modal dialog everything else is inert, so the layer must be a part of it.
  (anchor.closest("dialog") ?? document.body).append(layer);
  layer.showPopover();
  anchor.setAttribute("aria-expanded", "true");
  open = { layer, anchor, onClose, stop };
  place(layer, anchor);
  const { signal } = stop;
  // On the document and first: Esc must close the layer even when focus has slipped, and never the dialog below.
  document.addEventListener("keydown", onKey, { signal, capture: true });
  layer.addEventListener("mousedown", (event) => event.target.closest("input, button") || event.preventDefault(), { signal });
  document.addEventListener("pointerdown", (event) => outside(event, layer, anchor), { signal, capture: true });
  window.addEventListener("resize", () => closePopup(), { signal });
}

function onKey(event) {
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    closePopup({ refocus: true });
  } else if (event.key === "Tab") closePopup({ refocus: true });
}

function outside(event, layer, anchor) {
  if (!layer.contains(event.target) && !anchor.contains(event.target)) closePopup();
}

const GAP = 4;

/** Place the open layer again after its control moved. */
export function movePopup() {
  if (open) place(open.layer, open.anchor);
}

function place(layer, anchor) {
  const box = anchor.getBoundingClientRect();
  layer.style.minWidth = `${Math.min(box.width, 560)}px`;
  const { offsetWidth: width, offsetHeight: height } = layer;
  const below = window.innerHeight - box.bottom - GAP;
  const upward = below < height && box.top > below;
  layer.style.maxHeight = `${Math.max(140, (upward ? box.top : below) - 2 * GAP)}px`;
  layer.style.top = `${upward ? Math.max(GAP, box.top - GAP - layer.offsetHeight) : box.bottom + GAP}px`;
  layer.style.left = `${Math.max(GAP, Math.min(box.left, window.innerWidth - width - GAP))}px`;
}

/** Open a menu of {label, detail, icon, danger, run} items beside `anchor`. */
export function openMenu(anchor, label, items) {
  const entries = items.map((item) =>
    h("button", { role: "menuitem", class: "menu-item", onclick: () => choose(item) }, item.icon ?? null, h("span", { class: "menu-text" }, item.label, item.detail ? h("small", {}, item.detail) : null)),
  );
  const menu = h("div", { role: "menu", class: "menu", "aria-label": label }, ...(entries.length ? entries : [h("div", { class: "menu-empty" }, "Nothing here")]));
  rove(menu, () => entries);
  openPopup(anchor, menu);
  entries[0]?.focus({ preventScroll: true });
}

function choose(item) {
  closePopup({ refocus: true });
  item.run();
}
