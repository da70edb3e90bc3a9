// Short notices in the corner; read out by screen readers.
import { h } from "./dom.js";
import { icon } from "./icons.js";

const SHOWN_MS = { error: 12000, info: 6000 };

/** Show `text`; level is "error", "warning", "success" or "info". */
export function toast(level, text) {
  const node = h("div", { class: `toast ${level}`, role: level === "error" ? "alert" : "status", "data-testid": "toast" }, h("span", {}, text));
  node.append(h("button", { class: "plain", "aria-label": "Dismiss notice", onclick: () => node.remove() }, icon("close", 14)));
  document.getElementById("toasts").append(node);
  setTimeout(() => node.remove(), SHOWN_MS[level] ?? SHOWN_MS.info);
}
