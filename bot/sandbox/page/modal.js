// Modal views: the stack the app opened, with what was typed kept as Slack keeps it.
import { attempt, closeView, submitView } from "./api.js";
import { avatar } from "./avatar.js";
import { blocks } from "./blocks.js";
import { h, keepFocus, uid } from "./dom.js";
import { icon } from "./icons.js";
import { closePopup } from "./popup.js";
import { on, store, takeViews } from "./state.js";
import { Surface } from "./surface.js";
import { missing } from "./validation.js";

const views = new Map(); // view id -> {owner, surface, errors, notice, submitting}
let dialog = null;
let shown = null; // id and hash of the view on screen

/** Show the person's modal stack whenever it changes. */
export function mountModal() {
  on("views user", sync);
}

function sync() {
  const alive = new Set(store.views.map((view) => view.id));
  for (const [id, { owner }] of views) if (owner === store.user && !alive.has(id)) views.delete(id);
  const top = store.views.at(-1);
  const now = top ? `${store.user} ${top.id} ${top.hash}` : null;
  if (now === shown) return;
  const sameView = shown && top && shown.split(" ")[1] === top.id;
  shown = now;
  closePopup();
  if (!top) return hide();
  if (sameView) views.get(top.id).errors = {};
  return show(top, sameView);
}

function hide() {
  dialog?.remove();
  dialog = null;
}

function record(view) {
  if (!views.has(view.id)) {
    const surface = new Surface({ type: "view", view_id: view.id });
    views.set(view.id, { owner: store.user, surface, errors: {}, notice: null, submitting: false });
  }
  return views.get(view.id);
}

function show(view, sameView) {
  if (!dialog) {
    dialog = h("dialog", { class: "dialog modal", "data-testid": "modal" });
    dialog.addEventListener("keydown", onKey);
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    document.body.append(dialog);
    dialog.showModal();
  }
  const scroll = sameView ? dialog.querySelector(".dialog-body")?.scrollTop ?? 0 : 0;
  keepFocus(dialog, () => draw(view));
  dialog.querySelector(".dialog-body").scrollTop = scroll;
  if (!sameView || !dialog.contains(document.activeElement) || document.activeElement === dialog) focusFirst();
}

function focusFirst() {
  const wanted = dialog.querySelector("[autofocus]") ?? dialog.querySelector(".dialog-body :is(input, textarea, button, select, [tabindex='0']):not([disabled])") ?? dialog.querySelector("footer .primary") ?? dialog.querySelector("button");
  wanted?.focus({ preventScroll: true });
}

function onKey(event) {
  if (event.key !== "Escape") return;
  event.preventDefault();
  leave(false);
}

function draw(view) {
  const state = record(view);
  const heading = uid("modal");
  state.surface.redraw = () => redraw(view);
  state.surface.submit = view.submit ? () => submit(view) : null;
  dialog.setAttribute("aria-labelledby", heading);
  dialog.dataset.callbackId = view.callback_id ?? "";
  const body = h("div", { class: "dialog-body" }, state.notice ? h("div", { class: "alert error", role: "alert" }, state.notice) : null, ...state.surface.draw(() => blocks(view.blocks, state.surface, state.errors)));
  const depth = store.views.length;
  dialog.replaceChildren(
    h("header", { class: "dialog-head" }, depth > 1 ? h("button", { class: "plain", "aria-label": "Back", onclick: () => leave(false) }, icon("back")) : avatar(store.app.bot_user, 26), h("h2", { id: heading }, view.title?.text ?? ""), h("button", { class: "plain", "aria-label": "Close all", title: "Close", onclick: () => leave(true) }, icon("close"))),
    body,
    h("footer", { class: "dialog-foot" }, h("button", { class: "button", type: "button", "data-key": "modal close", onclick: () => leave(false) }, view.close?.text ?? (view.submit ? "Cancel" : "Close")), view.submit ? submitButton(view, state) : null),
  );
}

function submitButton(view, state) {
  return h("button", { class: state.submitting ? "button primary busy" : "button primary", type: "button", "data-key": "modal submit", "aria-disabled": String(state.submitting), "aria-busy": String(state.submitting), onclick: () => submit(view) }, view.submit.text);
}

async function leave(all) {
  const top = store.views.at(-1);
  if (!top) return;
  const answer = await attempt(closeView(top.id, all));
  if (answer?.views) takeViews(answer.views);
  else if (answer) takeViews(all ? [] : store.views.filter((view) => view.id !== top.id));
}

async function submit(view) {
  const state = record(view);
  if (state.submitting) return;
  state.notice = null;
  const wrong = missing(view.blocks, state.surface);
  if (Object.keys(wrong).length) return refuse(view, wrong);
  state.submitting = true;
  redraw(view);
  const answer = await submitView(view.id, state.surface.state()).catch((error) => ({ error: error.message }));
  state.submitting = false;
  if (answer.errors) return refuse(view, answer.errors);
  state.errors = {};
  if (answer.error) {
    state.notice = `We had some trouble with this form (${answer.error}). Nothing was lost; please try again.`;
    return redraw(view);
  }
  if (answer.views) takeViews(answer.views);
  return redraw(view);
}

function refuse(view, errors) {
  record(view).errors = errors;
  redraw(view);
  const first = dialog?.querySelector(".input.invalid");
  first?.scrollIntoView({ block: "center" });
  first?.querySelector("input, textarea, button")?.focus({ preventScroll: true });
}

// The view on screen may be newer than the one the answer belongs to.
function redraw(view) {
  const top = store.views.at(-1);
  if (!dialog || top?.id !== view.id) return;
  const scroll = dialog.querySelector(".dialog-body").scrollTop;
  keepFocus(dialog, () => draw(top));
  dialog.querySelector(".dialog-body").scrollTop = scroll;
}
