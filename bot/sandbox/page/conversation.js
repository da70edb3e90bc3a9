// The middle: a channel, a direct conversation, or the app's Home and Messages tabs.
import { attempt, fetchMessages, joinChannel, markRead, openHome } from "./api.js";
import { avatar } from "./avatar.js";
import { blocks } from "./blocks.js";
import { composer } from "./composer.js";
import { h, keepFocus, rove } from "./dom.js";
import { icon } from "./icons.js";
import { MessageList } from "./messages.js";
import { closePopup, openMenu } from "./popup.js";
import { appConversation, currentChannel, displayName, on, person, store, takeMessages } from "./state.js";
import { Surface } from "./surface.js";
import { openThread } from "./thread.js";

/** Fill the main pane and keep it in step with the store. */
export function mountConversation(pane, { goTo }) {
  const list = new Conversation({ label: "Messages", openThread, testid: "messages" });
  const home = new HomeTab();
  let shown = null;
  const again = () => {
    shown = null;
    goTo(store.place);
  };
  on("user", () => (shown = null)); // the state was read anew, by a switch or after a break
  on("place", async () => {
    const key = JSON.stringify([store.user, store.place]);
    if (key === shown) return;
    shown = key;
    closePopup();
    if (store.place.app) attempt(openHome(store.place.app));
    if (store.place.app === "home") return pane.replaceChildren(...appHead(goTo), home.mount());
    await enter(pane, list, goTo);
  });
  on("messages", (id) => id === currentChannel()?.id && store.place.app !== "home" && list.redraw(currentChannel()));
  on("channels", () => {
    const head = pane.querySelector(".channel-head");
    const joined = pane.querySelector(".not-member") && currentChannel()?.is_member;
    if (joined) return again();
    const here = currentChannel();
    if (head && here && store.place.channel) keepFocus(pane, () => head.replaceWith(channelHead(here)));
    // The first message from the app makes the conversation that its Messages tab shows.
    if (store.place?.app === "messages" && here && !pane.contains(list.frame)) again();
    return undefined;
  });
  on("home", () => store.place?.app === "home" && home.draw());
}

async function enter(pane, list, goTo) {
  const frame = (...inner) => pane.replaceChildren(...inner);
  const here = currentChannel();
  const head = store.place.app ? appHead(goTo) : [channelHead(here)];
  list.enter(here);
  if (!here) return frame(...head, h("div", { class: "empty" }, h("p", {}, `No messages with ${store.app.name} yet.`)));
  const box = here.is_member === false ? visitor(here) : composer({ channel: here.id });
  const unread = here.unread;
  frame(...head, list.frame, box);
  const answer = await attempt(fetchMessages(here.id));
  if (!answer || currentChannel()?.id !== here.id) return undefined;
  list.newFrom = unread ? firstUnread(answer.messages, unread) : undefined;
  takeMessages(here.id, answer.messages);
  list.toBottom();
  // As in Slack one can type at once; whoever walks the rail of people goes on walking.
  if (!document.activeElement?.closest("#people, dialog")) pane.querySelector(".composer textarea")?.focus();
  return undefined;
}

const visitor = (here) =>
  h("div", { class: "not-member" }, h("p", {}, "You are looking at #", here.name, ", which you are not a member of."), h("button", { class: "button primary", onclick: () => attempt(joinChannel(here.id)) }, "Join channel"));

function firstUnread(messages, unread) {
  const others = messages.filter((one) => one.user !== store.user && !one.ephemeral && (!one.thread_ts || one.thread_ts === one.ts));
  return others.at(-unread)?.ts;
}

/** The list of the conversation on screen: what it starts with, what was new on entering, what has been read. */
class Conversation extends MessageList {
  enter(here) {
    this.reset();
    this.intro = here ? introduction(here) : null;
    this.newFrom = undefined;
    this.read = undefined;
  }

  redraw(here) {
    const messages = [...store.messages.get(here.id).values()];
    this.show(messages, { intro: this.intro, newFrom: this.newFrom });
    const latest = messages.map((one) => one.ts).sort().at(-1) ?? "";
    const isFirst = this.read === undefined;
    if (latest !== this.read && (here.unread || !isFirst)) attempt(markRead(here.id, latest));
    this.read = latest;
  }
}

function introduction(here) {
  if (here.kind === "dm") {
    return h("div", { class: "intro" }, avatar(here.with, 56), h("h3", {}, displayName(here.with)), h("p", {}, person(here.with)?.title ?? "This is the beginning of your conversation."));
  }
  return h("div", { class: "intro" }, h("h3", {}, here.kind === "private" ? icon("lock", 20) : "# ", here.name), h("p", {}, here.topic || "This is the very beginning of this channel."));
}

function channelHead(here) {
  if (here.kind === "dm") {
    return h("header", { class: "pane-head channel-head" }, h("div", { class: "head-title" }, avatar(here.with, 26), h("h1", {}, displayName(here.with)), h("span", { class: "topic" }, person(here.with)?.title ?? "")));
  }
  const members = here.members ?? [];
  const count = h("button", { class: "members", "aria-label": `${members.length} members`, "aria-haspopup": "menu", "aria-expanded": "false", "data-key": "members" }, h("span", { class: "faces" }, ...members.slice(0, 3).map((id) => avatar(id, 22))), String(members.length));
  count.addEventListener("click", () => openMenu(count, "Members", members.map((id) => ({ label: displayName(id), detail: person(id)?.title, icon: avatar(id, 24), run: () => {} }))));
  return h("header", { class: "pane-head channel-head" }, h("div", { class: "head-title" }, h("h1", {}, here.kind === "private" ? icon("lock", 16) : h("span", { class: "hash" }, "#"), here.name), h("span", { class: "topic", title: here.topic }, here.topic ?? "")), count);
}

function appHead(goTo) {
  const waiting = appConversation()?.unread;
  const tab = (name, label) => h("button", { role: "tab", class: "tab", "data-key": `tab ${name}`, "aria-selected": String(store.place.app === name), tabindex: store.place.app === name ? "0" : "-1", onclick: () => goTo({ app: name }) }, label, name === "messages" && waiting && store.place.app !== name ? h("span", { class: "badge" }, String(waiting)) : null);
  const tabs = h("div", { role: "tablist", class: "tabs", "aria-label": store.app.name }, tab("home", "Home"), tab("messages", "Messages"));
  rove(tabs, () => [...tabs.children], { horizontal: true });
  return [h("header", { class: "pane-head app-head" }, h("div", { class: "head-title" }, avatar(store.app.bot_user, 26), h("h1", {}, store.app.name), h("span", { class: "app-badge" }, "APP"))), tabs];
}

/** The app's Home tab for the person. */
class HomeTab {
  constructor() {
    this.node = h("div", { class: "home", role: "tabpanel", "aria-label": "Home", "data-testid": "home", tabindex: "0" });
    this.owner = null;
  }

  mount() {
    if (this.owner !== store.user) {
      this.owner = store.user;
      this.surface = null;
    }
    this.draw();
    return this.node;
  }

  draw() {
    if (!store.home) {
      this.node.replaceChildren(h("div", { class: "empty" }, icon("home", 40), h("p", {}, `${store.app.name} has not published a Home tab for you yet.`)));
      return;
    }
    this.surface ??= new Surface({ type: "home", view_id: store.home.id });
    this.surface.container.view_id = store.home.id;
    this.surface.redraw = () => this.draw();
    const draw = () => this.node.replaceChildren(h("div", { class: "home-inner" }, ...this.surface.draw(() => blocks(store.home.blocks, this.surface))));
    keepFocus(this.node, draw);
  }
}
