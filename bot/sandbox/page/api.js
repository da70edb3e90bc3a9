// Every call to the sandbox server. Paths and shapes are the server's JSON interface under /sandbox/.
import { store } from "./state.js";
import { toast } from "./toasts.js";

/** A refusal by the server; the message is fit to show. */
export class Refused extends Error {}

async function answer(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(explain(body, response.status));
  return body;
}

function explain(body, status) {
  const detail = typeof body.detail === "string" ? body.detail : "";
  return [body.error ?? `The sandbox answered ${status}`, detail].filter(Boolean).join(": ");
}

const get = async (path, query) => answer(await fetch(`/sandbox/${path}?${new URLSearchParams(query)}`));

async function post(path, body) {
  return answer(
    await fetch(`/sandbox/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ user: store.user, ...body }),
    }),
  );
}

/** Run a call; show a refusal as a toast and return null for it. */
export async function attempt(call) {
  try {
    return await call;
  } catch (error) {
    toast("error", error instanceof Refused ? error.message : "The sandbox does not answer. Is it still running?");
    return null;
  }
}

export const fetchState = (user) => get("state", user ? { user } : {});
export const fetchMessages = (channel, thread) =>
  get("messages", { user: store.user, channel, ...(thread ? { thread_ts: thread } : {}) });
export const postMessage = (channel, text, thread) => post("post", { channel, text, ...(thread ? { thread_ts: thread } : {}) });
export const react = (channel, ts, name, add) => post("react", { channel, ts, name, add });
export const act = (body) => post("action", body);
export const loadOptions = (body) => post("options", body);
export const submitView = (viewId, values) => post("view/submit", { view_id: viewId, state: { values } });
export const closeView = (viewId, all) => post("view/close", { view_id: viewId, all });
export const runShortcut = (callbackId, where = {}) => post("shortcut", { callback_id: callbackId, ...where });
export const openHome = (tab) => post("home", { tab });
export const markRead = (channel, ts) => post("read", { channel, ts });
export const joinChannel = (channel) => post("join", { channel });
export const setSpeed = (speed) => post("clock", { speed });
export const steerScene = (wish) => post("scene", { do: wish });
export const sendLeads = (name, template, count) => post("webhook", { name, template, count });

export async function upload(file) {
  const form = new FormData();
  form.append("user", store.user);
  form.append("file", file);
  return answer(await fetch("/sandbox/upload", { method: "POST", body: form }));
}

/** Listen to the person's events after `cursor`; returns the source, to be closed on a change of person. */
export function listen(user, cursor, { onEvent, onBreak }) {
  const source = new EventSource(`/sandbox/events?${new URLSearchParams({ user, after: cursor })}`);
  source.onmessage = (message) => onEvent(JSON.parse(message.data));
  source.onerror = () => {
    source.close();
    onBreak();
  };
  return source;
}
