// Building and updating DOM without ever parsing text as HTML.

const SVG = "http://www.w3.org/2000/svg";
const PROPERTIES = new Set(["value", "checked", "disabled", "hidden", "selected", "indeterminate"]);

/** Make an element: h("button", {class: "x", onclick: f, "aria-label": "Close"}, "text", node, null). */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "style") for (const [key, css] of Object.entries(value)) node.style.setProperty(key, css);
    else if (PROPERTIES.has(name)) node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Make an SVG element; used for icons and drawn emoji. */
export function svg(tag, props = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(props)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** Make the children of `parent` exactly `nodes`, leaving nodes that stay in place untouched (focus, scroll). */
export function reconcile(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.childNodes]) if (!wanted.has(child)) child.remove();
  let cursor = parent.firstChild;
  for (const node of nodes) {
    if (node === cursor) cursor = cursor.nextSibling;
    else parent.insertBefore(node, cursor);
  }
}

/** Run `change`, then give focus and caret back to the element with the same data-key inside `root`. */
export function keepFocus(root, change) {
  const before = root.contains(document.activeElement) ? document.activeElement : null;
  const key = before?.dataset?.key;
  const caret = before && "selectionStart" in before ? readCaret(before) : null;
  change();
  if (!key || document.activeElement === before) return;
  const after = root.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!after) return;
  after.focus({ preventScroll: true });
  if (caret) writeCaret(after, caret);
}

function readCaret(field) {
  try {
    return field.selectionStart === null ? null : [field.selectionStart, field.selectionEnd];
  } catch {
    return null; // number, date and e-mail fields have no caret to read
  }
}

function writeCaret(field, [start, end]) {
  try {
    field.setSelectionRange(start, end);
  } catch {
    // the same kinds of field refuse to have it set
  }
}

/** Arrow keys, Home and End move focus among `items()`; the one focused last is the only tab stop. */
export function rove(container, items, { horizontal = false } = {}) {
  const [back, forward] = horizontal ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
  const settle = (current) => items().forEach((item) => (item.tabIndex = item === current ? 0 : -1));
  container.addEventListener("focusin", (event) => {
    const item = items().find((candidate) => candidate === event.target);
    if (item) settle(item);
  });
  container.addEventListener("keydown", (event) => {
    const list = items();
    const at = list.indexOf(document.activeElement);
    if (at < 0) return;
    const next = { [back]: at - 1, [forward]: at + 1, Home: 0, End: list.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    list[(next + list.length) % list.length].focus();
  });
}

let serial = 0;

/** An id that is unique on this page, for aria-labelledby and the like. */
export function uid(prefix) {
  serial += 1;
  return `${prefix}-${serial}`;
}

/** Call `f` once, `ms` after the last call. */
export function debounce(f, ms) {
  let timer;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => f(...args), ms);
  };
}
