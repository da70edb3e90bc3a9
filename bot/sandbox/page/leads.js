// "Send leads": posts signed sample webhooks to the app, as an outside system would.
import { attempt, sendLeads } from "./api.js";
import { openDialog } from "./dialog.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { on, store } from "./state.js";

/** Put the button into `bar`; it is there only when the workspace has webhooks to send. */
export function mountLeads(bar) {
  const button = h("button", { class: "bar-button", "data-testid": "send-leads", onclick: openPanel }, icon("inbox", 16), h("span", {}, "Send leads"));
  bar.replaceChildren(button);
  on("user", () => (bar.hidden = store.webhooks.length === 0));
}

const labelled = (text, control) => h("label", { class: "labelled" }, h("span", {}, text), control);

function openPanel() {
  const source = h("select", { class: "field" }, ...store.webhooks.map((one, index) => h("option", { value: String(index) }, one.name)));
  const template = h("select", { class: "field" });
  const count = h("input", { type: "number", class: "field short", min: "1", max: "500", step: "1", required: true, value: "1" });
  const wrong = h("p", { class: "input-error", role: "alert", hidden: true }, "Write a whole number from 1 to 500.");
  const check = () => {
    wrong.hidden = count.checkValidity();
    return wrong.hidden;
  };
  count.addEventListener("input", check);
  const sample = h("pre", { class: "sample", tabindex: "0", "aria-label": "What will be sent" });
  const log = h("ol", { class: "replies", role: "log", "aria-label": "Answers" });
  const hook = () => store.webhooks[Number(source.value)];
  const chosen = () => hook().templates.find((one) => one.name === template.value);
  const showSample = () => (sample.textContent = pretty(chosen()?.body));
  const showTemplates = () => {
    template.replaceChildren(...hook().templates.map((one) => h("option", { value: one.name }, one.label ?? one.name)));
    showSample();
  };
  source.addEventListener("change", showTemplates);
  template.addEventListener("change", showSample);
  showTemplates();
  const draw = () => log.replaceChildren(...store.replies.slice(-20).reverse().map(reply));
  on("webhook", draw);
  draw();
  const send = async (event) => {
    if (!check()) return count.focus();
    event.target.disabled = true;
    await attempt(sendLeads(hook().name, template.value, Number(count.value)));
    event.target.disabled = false;
  };
  openDialog({
    title: "Send leads",
    className: "leads",
    body: h("div", {}, labelled("Source", source), labelled("Lead", template), labelled("How many", count), wrong, sample, h("h3", {}, "Answers"), log),
    footer: (close) => [h("button", { class: "button", onclick: close }, "Close"), h("button", { class: "button primary", onclick: send }, "Send")],
  });
}

const pretty = (body) => JSON.stringify(body ?? {}, null, 2);

/** What the app answered, laid out if it is JSON. */
function readable(text) {
  try {
    return pretty(JSON.parse(text));
  } catch {
    return text;
  }
}

function reply(event) {
  const good = event.status >= 200 && event.status < 300;
  return h("li", {}, h("b", { class: good ? "good" : "bad" }, event.status ? String(event.status) : "No answer"), " ", event.name ?? "", h("pre", {}, readable(event.body ?? "")));
}
