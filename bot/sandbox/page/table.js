// table and data_table blocks.
import { h } from "./dom.js";
import { emojify } from "./emoji.js";
import { richText } from "./richtext.js";

function cellNodes(cell) {
  if (cell?.type === "rich_text") return richText(cell);
  const text = cell?.text ?? cell?.value ?? "";
  return emojify(String(typeof text === "object" ? text.text : text));
}

function row(cells, tag, settings) {
  return h("tr", {}, ...cells.map((cell, index) => {
    const setting = settings[index] ?? {};
    const align = setting.align ?? (cell?.type === "raw_number" ? "right" : "left");
    return h(tag, { class: `align-${align} ${setting.is_wrapped ? "wrapped" : ""}`.trim(), scope: tag === "th" ? "col" : undefined }, ...cellNodes(cell));
  }));
}

/** A table block: the first row is shown as its header. */
export function table(block) {
  const settings = block.column_settings ?? [];
  const [head, ...rows] = block.rows ?? [];
  return h("div", { class: "table-wrap", tabindex: "0", role: "region", "aria-label": "Table" }, h("table", {}, h("thead", {}, row(head ?? [], "th", settings)), h("tbody", {}, ...rows.map((cells) => row(cells, "td", settings)))));
}

/** A data_table block: a caption and pages of rows. */
export function dataTable(block) {
  const [head, ...rows] = block.rows ?? [];
  const size = block.page_size ?? 5;
  const body = h("tbody");
  const place = h("span", { role: "status" });
  const step = (label, by) => h("button", { type: "button", class: "button small", onclick: () => show(page + by) }, label);
  const [back, forward] = [step("Previous rows", -1), step("Next rows", 1)];
  let page = 0;
  const last = Math.max(0, Math.ceil(rows.length / size) - 1);
  function show(wanted) {
    page = Math.max(0, Math.min(wanted, last));
    const first = page * size;
    body.replaceChildren(...rows.slice(first, first + size).map((cells) => row(cells, "td", [])));
    place.textContent = `${first + 1}–${Math.min(first + size, rows.length)} of ${rows.length}`;
    back.disabled = page === 0;
    forward.disabled = page === last;
  }
  show(0);
  return h("div", { class: "data-table" }, h("div", { class: "table-wrap", tabindex: "0", role: "region", "aria-label": block.caption }, h("table", {}, h("caption", {}, block.caption), h("thead", {}, row(head ?? [], "th", [])), body)), last > 0 ? h("div", { class: "pager" }, back, place, forward) : null);
}
