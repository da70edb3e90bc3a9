// Layers over the whole page. The native dialog element brings the focus trap and keeps the rest inert.
import { h, uid } from "./dom.js";
import { icon } from "./icons.js";

/** Open a dialog; returns {close}. `onEscape` replaces closing by Esc, `onClosed` runs once it is gone. */
export function openDialog({ title, body, footer, className = "", onClosed, onEscape }) {
  const heading = uid("dialog");
  const node = h("dialog", { class: `dialog ${className}`, "aria-labelledby": heading });
  let gone = false;
  const close = () => {
    if (gone) return;
    gone = true;
    node.close();
    node.remove();
    onClosed?.();
  };
  node.append(
    h("header", { class: "dialog-head" }, h("h2", { id: heading }, title), h("button", { class: "plain", "aria-label": "Close", onclick: close }, icon("close"))),
    h("div", { class: "dialog-body" }, body),
    ...(footer ? [h("footer", { class: "dialog-foot" }, ...footer(close))] : []),
  );
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    (onEscape ?? close)();
  });
  node.addEventListener("close", close);
  node.addEventListener("pointerdown", (event) => event.target === node && close());
  document.body.append(node);
  node.showModal();
  return { close, node };
}

/** Ask Slack's confirm object; resolves to true when the person agrees. */
export function confirmDialog(confirm) {
  return new Promise((resolve) => {
    let agreed = false;
    openDialog({
      title: confirm.title?.text ?? "Are you sure?",
      body: h("p", { class: "pre-wrap" }, confirm.text?.text ?? ""),
      className: "small",
      onClosed: () => resolve(agreed),
      footer: (close) => [
        h("button", { class: "button", onclick: close }, confirm.deny?.text ?? "Cancel"),
        h("button", { class: `button ${confirm.style === "danger" ? "danger" : "primary"}`, autofocus: true, onclick: () => { agreed = true; close(); } }, confirm.confirm?.text ?? "Confirm"),
      ],
    });
  });
}
