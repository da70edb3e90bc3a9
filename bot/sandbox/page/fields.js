// Typed inputs of Block Kit: text, numbers, dates, files.
import { attempt, upload } from "./api.js";
import { debounce, h } from "./dom.js";
import { fileSize } from "./files.js";
import { icon } from "./icons.js";
import { asRichText, richToPlain } from "./richtext.js";
import { fromLocalField, toLocalField } from "./time.js";

const TYPING_MS = 400;

function common(element, ctx) {
  return { class: "field", placeholder: element.placeholder?.text, "data-key": ctx.key(element), "data-action-id": element.action_id, autofocus: element.focus_on_load, ...ctx.naming(element) };
}

// When a typed field reports to the app: on Enter, on every character (after a pause), or never.
function reporting(element, ctx, node, value) {
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const report = () => ctx.surface.perform(ctx.blockId, element, value(), node);
  const soon = debounce(report, TYPING_MS);
  node.addEventListener("input", () => ctx.dispatch && triggers.includes("on_character_entered") && soon());
  node.addEventListener("keydown", (event) => {
    const multiline = node.tagName === "TEXTAREA";
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    const asked = event.ctrlKey || event.metaKey;
    if (multiline && !asked) return;
    event.preventDefault();
    if (ctx.dispatch && triggers.includes("on_enter_pressed")) report();
    else ctx.surface.submit?.();
  });
}

function typed(attributes = {}) {
  return (element, ctx) => {
    const stored = ctx.surface.value(ctx.blockId, element, { value: element.initial_value ?? null });
    const props = { ...common(element, ctx), ...attributes, maxlength: element.max_length, value: stored.value ?? "", autocomplete: "off" };
    const node = element.multiline ? h("textarea", { ...props, rows: 4 }) : h("input", { type: "text", ...props });
    const value = () => ({ value: node.value === "" ? null : node.value });
    node.addEventListener("input", () => ctx.surface.set(ctx.blockId, element, value()));
    reporting(element, ctx, node, value);
    return node;
  };
}

function rich(element, ctx) {
  const stored = ctx.surface.value(ctx.blockId, element, { rich_text_value: element.initial_value ?? null });
  const node = h("textarea", { ...common(element, ctx), rows: element.min_lines ?? 4, value: richToPlain(stored.rich_text_value) });
  const value = () => ({ rich_text_value: node.value ? asRichText(node.value) : null });
  node.addEventListener("input", () => ctx.surface.set(ctx.blockId, element, value()));
  reporting(element, ctx, node, value);
  return node;
}

// Date and time fields are the browser's own; `read` and `show` turn their text into Slack's value and back.
function picked(type, field, initial, { show = (value) => value, read = (text) => text } = {}) {
  return (element, ctx) => {
    const stored = ctx.surface.value(ctx.blockId, element, { [field]: element[initial] ?? null });
    const node = h("input", { ...common(element, ctx), type, class: "field short", value: stored[field] ? show(stored[field]) : "" });
    node.addEventListener("change", () => ctx.change(element, { [field]: node.value ? read(node.value) : null }, node));
    return node;
  };
}

function fileInput(element, ctx) {
  ctx.surface.value(ctx.blockId, element, { files: [] });
  const files = () => ctx.surface.get(ctx.blockId, element.action_id).files;
  const limit = element.max_files ?? 10;
  const input = h("input", { ...common(element, ctx), type: "file", multiple: limit > 1, accept: (element.filetypes ?? []).map((type) => `.${type}`).join(",") || undefined });
  const list = h("ul", { class: "picked-files" });
  const draw = () =>
    list.replaceChildren(...files().map((file) => h("li", {}, icon("file", 16), h("span", {}, file.title ?? file.name, " ", h("small", {}, fileSize(file.size))), h("button", { type: "button", class: "plain", "aria-label": `Remove ${file.name}`, onclick: () => keep(files().filter((one) => one !== file)) }, icon("close", 14)))));
  const keep = (next) => {
    ctx.surface.set(ctx.blockId, element, { files: next });
    draw();
  };
  input.addEventListener("change", async () => {
    for (const chosen of [...input.files].slice(0, limit - files().length)) {
      const sent = await attempt(upload(chosen));
      if (sent) keep([...files(), sent.file]);
    }
    input.value = "";
  });
  draw();
  return h("div", {}, input, list);
}

/** Element type -> maker. */
export const FIELDS = {
  plain_text_input: typed(),
  email_text_input: typed({ type: "email", inputmode: "email" }),
  url_text_input: typed({ type: "url", inputmode: "url" }),
  number_input: typed({ inputmode: "decimal" }),
  rich_text_input: rich,
  datepicker: picked("date", "selected_date", "initial_date"),
  timepicker: picked("time", "selected_time", "initial_time"),
  datetimepicker: picked("datetime-local", "selected_date_time", "initial_date_time", { show: toLocalField, read: fromLocalField }),
  file_input: fileInput,
};
