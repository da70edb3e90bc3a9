// Interactive Block Kit elements: buttons, menus, checkboxes, radio buttons; fields and selects by reference.
import { h, uid } from "./dom.js";
import { emojify } from "./emoji.js";
import { FIELDS } from "./fields.js";
import { mrkdwn } from "./mrkdwn.js";
import { openMenu } from "./popup.js";
import { icon } from "./icons.js";
import { SELECTS } from "./select.js";
import { isBusy } from "./surface.js";
import { safeImage } from "./images.js";

/** A text object: plain_text shows emoji only, mrkdwn everything. */
export const textObject = (text) => (text?.type === "mrkdwn" ? mrkdwn(text.text, text) : emojify(text?.text ?? ""));

// A redraw while an action is under way must not let its button be pressed again.
const waiting = (ctx) => (ctx.surface.inFlight.has(ctx.blockId) ? { "aria-disabled": "true", "aria-busy": "true" } : {});

function button(element, ctx) {
  const classes = ["button", element.style === "primary" ? "primary" : element.style === "danger" ? "danger" : ""];
  const node = h("button", { type: "button", class: classes.join(" ").trim(), "data-key": ctx.key(element), "data-action-id": element.action_id, "aria-label": element.accessibility_label, ...waiting(ctx) }, ...emojify(element.text?.text ?? ""), element.url ? h("span", { class: "outward", "aria-hidden": "true" }, " ↗") : null);
  node.addEventListener("click", async () => {
    if (isBusy(node)) return;
    // A link button opens its address and still sends its action, which the app must acknowledge.
    if (/^https?:/i.test(element.url ?? "")) window.open(element.url, "_blank", "noopener");
    await ctx.surface.perform(ctx.blockId, element, { value: element.value ?? null, text: element.text }, node);
  });
  return node;
}

function overflow(element, ctx) {
  const node = h("button", { type: "button", class: "button overflow", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": "More options", "data-key": ctx.key(element), "data-action-id": element.action_id }, icon("more"));
  node.addEventListener("click", () =>
    openMenu(node, "More options", element.options.map((option) => ({
      label: option.text.text,
      detail: option.description?.text,
      run: () => {
        if (/^https?:/i.test(option.url ?? "")) window.open(option.url, "_blank", "noopener");
        ctx.surface.perform(ctx.blockId, element, { selected_option: option }, node);
      },
    }))),
  );
  return node;
}

// Checkboxes and radio buttons differ in how many may be chosen and in the name of the value.
function choices(element, ctx, { type, read, write, initial }) {
  const value = ctx.surface.value(ctx.blockId, element, write(initial));
  const chosen = new Set(read(value).map((option) => option.value));
  const name = uid("choice");
  const group = h("div", { role: type === "radio" ? "radiogroup" : "group", class: "choices", ...ctx.naming(element) });
  for (const option of element.options) {
    const box = h("input", { type, name, value: option.value, checked: chosen.has(option.value), "data-key": `${ctx.key(element)}/${option.value}` });
    box.addEventListener("change", () => {
      const picked = element.options.filter((one, index) => group.querySelectorAll("input")[index].checked);
      ctx.change(element, write(picked), group);
    });
    group.append(h("label", { class: "choice" }, box, h("span", {}, h("span", {}, ...textObject(option.text)), option.description ? h("small", {}, ...textObject(option.description)) : null)));
  }
  return group;
}

const checkboxes = (element, ctx) =>
  choices(element, ctx, {
    type: "checkbox",
    read: (value) => value.selected_options,
    write: (picked) => ({ selected_options: picked }),
    initial: element.initial_options ?? [],
  });

const radios = (element, ctx) =>
  choices(element, ctx, {
    type: "radio",
    read: (value) => (value.selected_option ? [value.selected_option] : []),
    write: (picked) => ({ selected_option: picked[0] ?? null }),
    initial: element.initial_option ? [element.initial_option] : [],
  });

const image = (element) => safeImage(element, "inline-image");

const ELEMENTS = { button, overflow, checkboxes, radio_buttons: radios, image, ...FIELDS, ...SELECTS };

/** One element of a block as a node. `ctx` says where it stands; see `context`. */
export function element(spec, ctx) {
  const make = ELEMENTS[spec.type];
  return make ? make(spec, ctx) : h("span", { class: "unknown" }, `(${spec.type} cannot be shown here)`);
}

/**
 * Where an element stands.
 *
 * @param {Surface} surface - whose values it reads and writes
 * @param {string} blockId
 * @param {{labelId?: string, errorId?: string, dispatch?: boolean, optional?: boolean}} [place] - how the
 *   surrounding input block names it, and whether a change goes to the app at once
 */
export function context(surface, blockId, { labelId, errorId, hintId, dispatch = true, optional = false } = {}) {
  const ctx = {
    surface,
    blockId,
    dispatch,
    optional,
    key: (spec) => `${surface.name}/${blockId}/${spec.action_id}`,
    naming: (spec) => ({
      "aria-labelledby": labelId,
      "aria-label": labelId ? undefined : spec.accessibility_label ?? spec.placeholder?.text,
      "aria-describedby": [errorId, hintId].filter(Boolean).join(" ") || undefined,
      "aria-invalid": errorId ? "true" : undefined,
    }),
    async change(spec, value, control) {
      const before = surface.get(blockId, spec.action_id);
      surface.set(blockId, spec, value);
      if (!dispatch) return;
      if (await surface.perform(blockId, spec, value, control)) return;
      surface.set(blockId, spec, before); // the confirm dialog was refused
      surface.redraw();
    },
  };
  return ctx;
}
