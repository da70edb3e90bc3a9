// Files of a message: cards, and a preview over the page.
import { openDialog } from "./dialog.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { markdown } from "./markdown.js";

const KINDS = {
  md: "Markdown", markdown: "Markdown", json: "JSON", csv: "CSV", html: "HTML", htm: "HTML", pdf: "PDF", txt: "Text", yaml: "YAML", yml: "YAML", svg: "SVG", png: "PNG", jpg: "JPEG", jpeg: "JPEG", gif: "GIF",
};

const extension = (file) => (file.name.includes(".") ? file.name.split(".").pop().toLowerCase() : "");
const kindOf = (file) => KINDS[extension(file)] ?? (file.mimetype?.startsWith("text/") ? "Text" : "File");
const isPicture = (file) => Boolean(file.mimetype?.startsWith("image/"));

/** Bytes as people read them. */
export function fileSize(bytes) {
  if (bytes === undefined || bytes === null) return "";
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** The files of a message: pictures as pictures, the rest as cards; each opens a preview. */
export function fileList(files) {
  return h("div", { class: "files" }, ...files.map((file) => (isPicture(file) ? picture(file) : card(file))));
}

function picture(file) {
  return h("figure", { class: "picture" }, h("figcaption", {}, file.title || file.name), h("button", { class: "plain", "aria-label": `Preview ${file.title || file.name}`, onclick: () => preview(file) }, h("img", { src: file.url, alt: file.alt_txt || file.title || file.name })));
}

function card(file) {
  return h(
    "div",
    { class: "file-card", "data-testid": "file" },
    h("button", { class: "file-open", "aria-label": `Preview ${file.title || file.name}`, onclick: () => preview(file) }, h("span", { class: `file-mark ${kindOf(file).toLowerCase()}` }, icon("file", 20)), h("span", { class: "file-text" }, h("strong", {}, file.title || file.name), h("small", {}, [kindOf(file), fileSize(file.size)].filter(Boolean).join(" · ")))),
    h("a", { class: "plain", href: file.url, download: file.name, "aria-label": `Download ${file.name}` }, icon("download", 18)),
  );
}

async function preview(file) {
  const body = h("div", { class: "preview" }, h("p", { class: "quiet" }, "Loading…"));
  openDialog({
    title: file.title || file.name,
    body,
    className: "wide",
    footer: (close) => [h("a", { class: "button", href: file.url, download: file.name }, "Download"), h("button", { class: "button primary", onclick: close }, "Done")],
  });
  try {
    body.replaceChildren(await previewNode(file));
  } catch {
    body.replaceChildren(h("p", {}, "This file cannot be shown here. Download it instead."));
  }
}

async function text(file) {
  const response = await fetch(file.url);
  if (!response.ok) throw new Error(response.statusText);
  return response.text();
}

const PREVIEWS = {
  Markdown: async (file) => h("div", { class: "markdown document" }, ...markdown(await text(file))),
  JSON: async (file) => h("pre", {}, JSON.stringify(JSON.parse(await text(file)), null, 2)),
  CSV: async (file) => csvTable(await text(file)),
  // Sandboxed without scripts: a document can be read, it cannot act.
  HTML: async (file) => h("iframe", { srcdoc: await text(file), title: file.name, sandbox: "" }),
  PDF: async (file) => h("iframe", { src: URL.createObjectURL(await (await fetch(file.url)).blob()), title: file.name }),
};

async function previewNode(file) {
  if (isPicture(file)) return h("img", { src: file.url, alt: file.alt_txt || file.title || file.name });
  const make = PREVIEWS[kindOf(file)];
  return make ? make(file) : h("pre", {}, await text(file));
}

const CELL = /("(?:[^"]|"")*"|[^,\r\n]*)(,|\r?\n|$)/g;

function csvRows(source) {
  const rows = [[]];
  for (const [, cell, end] of source.matchAll(CELL)) {
    rows.at(-1).push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    if (end.includes("\n")) rows.push([]);
    if (end === "") break;
  }
  return rows.filter((row) => row.some((cell) => cell !== ""));
}

function csvTable(source) {
  const [head = [], ...rows] = csvRows(source);
  const line = (tag) => (cells) => h("tr", {}, ...cells.map((cell) => h(tag, {}, cell)));
  return h("div", { class: "table-wrap" }, h("table", {}, h("thead", {}, line("th")(head)), h("tbody", {}, ...rows.map(line("td")))));
}
