// Lists of messages: day dividers, grouping, the mark of what is new, staying at the bottom.
import { h, keepFocus, reconcile } from "./dom.js";
import { icon } from "./icons.js";
import { messageNode } from "./message.js";
import { store } from "./state.js";
import { dayKey, dayLabel, fromTs } from "./time.js";

const GROUP_SECONDS = 300;
const NEAR_BOTTOM_PX = 80;

/** A log of messages that redraws only what changed. `options` go to each message. */
export class MessageList {
  constructor(options) {
    this.options = options;
    this.drawn = new Map(); // ts -> {message, grouped, node}
    this.dismissed = new Set();
    this.node = h("div", { class: "messages", role: "log", "aria-label": options.label, tabindex: "0", "data-testid": options.testid });
    this.node.addEventListener("keydown", (event) => this.walk(event));
    this.pill = h("button", { class: "new-below", hidden: true, onclick: () => this.toBottom() }, "New messages", icon("down", 14));
    this.node.addEventListener("scroll", () => this.isNearBottom() && (this.pill.hidden = true));
    this.frame = h("div", { class: "messages-frame" }, this.node, this.pill);
  }

  /** Forget everything drawn: another conversation or another person. */
  reset() {
    this.drawn.clear();
    this.latest = undefined;
    this.pill.hidden = true;
    this.node.replaceChildren();
  }

  /** Show `messages` in the order of their ts; `newFrom` is the first ts not read before, `intro` comes first. */
  show(messages, { newFrom, intro, afterFirst } = {}) {
    const stay = this.isNearBottom();
    const [latestBefore, latest] = [this.latest, latestOf(messages)];
    this.latest = latest?.ts;
    const before = this.drawn;
    this.drawn = new Map();
    const nodes = intro ? [intro] : [];
    let last = null;
    for (const message of [...messages].sort((a, b) => Number(a.ts) - Number(b.ts))) {
      if (this.dismissed.has(message.ts)) continue;
      const newDay = !last || dayKey(fromTs(last.ts)) !== dayKey(fromTs(message.ts));
      if (newDay && !this.options.inThread) nodes.push(this.divider(`day ${dayKey(fromTs(message.ts))}`, dayLabel(fromTs(message.ts)), before));
      if (message.ts === newFrom) nodes.push(this.divider("new", "New", before));
      const afterRule = newDay || message.ts === newFrom || nodes.at(-1) === afterFirst;
      nodes.push(this.draw(message, !afterRule && belongs(last, message), before));
      if (!last && afterFirst) nodes.push(afterFirst);
      last = message;
    }
    keepFocus(this.node, () => reconcile(this.node, nodes));
    const isMine = latest?.user === store.user && latest?.ts !== latestBefore;
    if (stay || isMine) this.toBottom();
    else if (latestBefore && latest && Number(latest.ts) > Number(latestBefore)) this.pill.hidden = false;
  }

  draw(message, grouped, before) {
    const known = before.get(message.ts);
    const same = known?.message === message && known.grouped === grouped;
    const node = same ? known.node : messageNode(message, { ...this.options, grouped, dismiss: (one) => this.dismiss(one) });
    this.drawn.set(message.ts, { message, grouped, node });
    return node;
  }

  divider(key, label, before) {
    const known = before.get(key);
    const node = known?.label === label ? known.node : h("div", { class: key === "new" ? "divider new" : "divider", role: "separator", "aria-label": label }, h("span", {}, label));
    this.drawn.set(key, { label, node });
    return node;
  }

  dismiss(message) {
    this.dismissed.add(message.ts);
    this.drawn.get(message.ts)?.node.remove();
  }

  isNearBottom() {
    const { scrollHeight, scrollTop, clientHeight } = this.node;
    return scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM_PX;
  }

  toBottom() {
    this.node.scrollTop = this.node.scrollHeight;
  }

  // Arrow keys walk from message to message; Tab then reaches what the message offers.
  walk(event) {
    const all = [...this.node.querySelectorAll(":scope > .message")];
    const here = all.indexOf(document.activeElement);
    if (here < 0 && document.activeElement !== this.node) return;
    const next = { ArrowDown: here + 1, ArrowUp: here < 0 ? all.length - 1 : here - 1, End: all.length - 1, Home: 0 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    all[Math.max(0, Math.min(next, all.length - 1))]?.focus();
  }
}

const latestOf = (messages) => [...messages].sort((a, b) => Number(a.ts) - Number(b.ts)).at(-1);

function belongs(last, message) {
  return last && last.user === message.user && (last.bot_name ?? "") === (message.bot_name ?? "") && !last.ephemeral && !message.ephemeral && Number(message.ts) - Number(last.ts) < GROUP_SECONDS;
}
