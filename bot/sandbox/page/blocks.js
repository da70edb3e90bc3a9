// Block Kit blocks as nodes. Elements inside them are in elements.js.
import { h, uid } from "./dom.js";
import { emojify } from "./emoji.js";
import { context, element, textObject } from "./elements.js";
import { icon } from "./icons.js";
import { safeImage } from "./images.js";
import { markdown } from "./markdown.js";
import { richText } from "./richtext.js";
import { dataTable, table } from "./table.js";

function section(block, surface, id) {
  const text = block.text ? h("div", { class: "section-text" }, ...textObject(block.text)) : null;
  const fields = block.fields ? h("div", { class: "fields" }, ...block.fields.map((field) => h("div", { class: "section-field" }, ...textObject(field)))) : null;
  const accessory = block.accessory ? h("div", { class: "accessory" }, element(block.accessory, context(surface, id))) : null;
  return h("div", { class: "section" }, h("div", { class: "section-main" }, text, fields), accessory);
}

const contextBlock = (block) =>
  h("div", { class: "context" }, ...block.elements.map((one) => (one.type === "image" ? safeImage(one, "context-image") : h("span", { class: "context-text" }, ...textObject(one)))));

const actions = (block, surface, id) => h("div", { class: "actions" }, ...block.elements.map((one) => element(one, context(surface, id))));

function image(block) {
  const title = block.title ? h("figcaption", {}, ...textObject(block.title)) : null;
  return h("figure", { class: "image" }, title, safeImage(block, "block-image"));
}

function input(block, surface, id, errors) {
  const [labelId, errorId, hintId] = [uid("label"), uid("error"), uid("hint")];
  const error = errors?.[id];
  const ctx = context(surface, id, {
    labelId,
    errorId: error ? errorId : undefined,
    hintId: block.hint ? hintId : undefined,
    dispatch: block.dispatch_action === true,
    optional: block.optional === true,
  });
  return h(
    "div",
    { class: error ? "input invalid" : "input" },
    h("div", { class: "input-label", id: labelId }, ...emojify(block.label?.text ?? ""), block.optional ? h("span", { class: "optional" }, " (optional)") : null),
    element(block.element, ctx),
    error ? h("div", { class: "input-error", id: errorId, role: "alert" }, icon("warn", 15), error) : null,
    block.hint ? h("div", { class: "input-hint", id: hintId }, ...emojify(block.hint.text)) : null,
  );
}

function alertBlock(block) {
  const level = ["info", "warning", "error", "success"].includes(block.level) ? block.level : "default";
  const text = typeof block.text === "string" ? emojify(block.text) : textObject(block.text);
  return h("div", { class: `alert ${level}`, role: level === "error" ? "alert" : "note" }, h("span", {}, ...text));
}

const BLOCKS = {
  section,
  header: (block) => h("h3", { class: "header" }, ...textObject(block.text)),
  divider: () => h("hr"),
  context: contextBlock,
  actions,
  image,
  input,
  rich_text: (block) => h("div", { class: "rich-text" }, ...richText(block)),
  table,
  data_table: dataTable,
  markdown: (block) => h("div", { class: "markdown" }, ...markdown(block.text)),
  alert: alertBlock,
  file: (block) => h("div", { class: "context" }, icon("file", 16), ` ${block.external_id ?? "file"}`),
};

/**
 * A list of blocks as nodes.
 *
 * @param {object[]} list - as the app sent them
 * @param {Surface} surface - keeps what is typed into them
 * @param {Object<string, string>} [errors] - by block id, shown at the input
 */
export function blocks(list, surface, errors) {
  return list.map((block, index) => {
    const id = block.block_id ?? `block-${index}`;
    const make = BLOCKS[block.type];
    const node = make ? make(block, surface, id, errors) : h("div", { class: "unknown" }, `(a ${block.type} block, which the sandbox does not draw)`);
    return h("div", { class: "block", "data-block-id": id, "data-type": block.type }, node);
  });
}
