// Lists of messages: day dividers, grouping, the mark of what is new, staying at the bottom.
import { h, keepFocus, reconcile } from "./dom.js";
import { messageNode } from "./message.js";
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
  }

  /** Forget everything drawn: another conversation or another person. */
  reset() {
    this.drawn.clear();
    this.node.replaceChildren();
  }

  /** Show `messages` in the order of their ts; `newFrom` is the first ts not read before, `intro` comes first. */
  show(messages, { newFrom, intro, afterFirst } = {}) {
    const stay = this.isNearBottom();
    const before = this.drawn;
    this.drawn = new Map();
    const nodes = intro ? [intro] : [];
    let last = null;
    for (const message of [...messages].sort((a, b) => Number(a.ts) - Number(b.ts))) {
      if (this.dismissed.has(message.ts)) continue;
      const newDay = !last || dayKey(fromTs(last.ts)) !== dayKey(fromTs(message.ts));
      if (newDay && !this.options.inThread) nodes.push(this.divider(`day ${dayKey(fromTs(message.ts))}`, dayLabel(fromTs(message.ts)), before));
      if (message.ts === newFrom) nodes.push(this.divider("new", "New", before));
      nodes.push(this.draw(message, !newDay && message.ts !== newFrom && belongs(last, message), before));
      if (!last && afterFirst) nodes.push(afterFirst);
      last = message;
    }
    keepFocus(this.node, () => reconcile(this.node, nodes));
    if (stay) this.toBottom();
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

function belongs(last, message) {
  return last && last.user === message.user && (last.bot_name ?? "") === (message.bot_name ?? "") && !last.ephemeral && !message.ephemeral && Number(message.ts) - Number(last.ts) < GROUP_SECONDS;
}
