// The pane beside the channel that shows one thread.
import { attempt, fetchMessages } from "./api.js";
import { composer } from "./composer.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { MessageList } from "./messages.js";
import { channel, closeThread, displayName, on, startThread, store, takeReplies } from "./state.js";

let opener = null;

/** Open the thread of `message`, or of the message it replies to. */
export async function openThread(message) {
  opener = document.activeElement;
  const ts = message.thread_ts ?? message.ts;
  startThread(message);
  document.querySelector("#thread textarea")?.focus();
  const answer = await attempt(fetchMessages(message.channel, ts));
  if (answer) takeReplies(message.channel, ts, answer.messages);
}

/** Fill the thread pane and keep it in step with the store. */
export function mountThread(pane) {
  const list = new MessageList({ label: "Thread", inThread: true, testid: "thread-messages" });
  let shown = null;
  const close = () => {
    closeThread();
    if (opener?.isConnected) opener.focus();
  };
  const head = () => {
    const where = channel(store.thread.channel);
    const name = where?.kind === "dm" ? displayName(where.with) : `#${where?.name ?? ""}`;
    return h("header", { class: "pane-head" }, h("div", {}, h("h2", {}, "Thread"), h("span", { class: "quiet" }, name)), h("button", { class: "plain", "aria-label": "Close thread", onclick: close }, icon("close")));
  };
  pane.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && close());
  on("thread", () => {
    const { thread } = store;
    pane.hidden = !thread;
    document.body.classList.toggle("with-thread", Boolean(thread));
    if (!thread) {
      shown = null;
      return;
    }
    const key = `${store.user} ${thread.channel} ${thread.ts}`;
    if (key !== shown) {
      shown = key;
      list.reset();
      pane.replaceChildren(head(), list.frame, composer({ channel: thread.channel, thread: thread.ts }));
    }
    draw(list, thread);
  });
}

function draw(list, thread) {
  const messages = [...thread.messages.values()];
  const replies = messages.filter((one) => one.ts !== thread.ts).length;
  const rule = replies ? h("div", { class: "divider left" }, h("span", {}, `${replies} ${replies === 1 ? "reply" : "replies"}`)) : null;
  list.show(messages, { afterFirst: rule });
}
