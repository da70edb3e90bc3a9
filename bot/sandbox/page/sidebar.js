// The left side: whom the page acts as, and where that person can go.
import { avatar } from "./avatar.js";
import { h, keepFocus, rove } from "./dom.js";
import { icon } from "./icons.js";
import { displayName, me, on, person, store } from "./state.js";

/** The rail of people. One click, or the arrow keys, and the page acts as someone else. */
export function mountPeople(rail, { actAs }) {
  rove(rail, () => [...rail.querySelectorAll("[role=radio]")]);
  const draw = () => keepFocus(rail, () => rail.replaceChildren(h("div", { class: "rail-title", "aria-hidden": "true" }, "Act as"), ...people().map((one) => face(one, actAs))));
  on("user", draw);
}

/** The people the page can act as, in the workspace's order. */
export const people = () => [...store.users.values()].filter((one) => !one.is_bot && !one.deleted);

function face(one, actAs) {
  const current = one.id === store.user;
  const name = one.real_name || one.name;
  return h("button", { role: "radio", class: "face", "data-key": `person ${one.id}`, "data-testid": `person-${one.name}`, "aria-checked": String(current), tabindex: current ? "0" : "-1", title: one.title ? `${name}, ${one.title}` : name, "aria-label": name, onclick: () => actAs(one.id) }, avatar(one.id, 34), h("span", { class: "face-name", "aria-hidden": "true" }, name.split(" ")[0]));
}

/** Workspace, Home, channels and direct messages of the person. */
export function mountSidebar(nav, { goTo }) {
  const draw = () => {
    keepFocus(nav, () => nav.replaceChildren(...sections(goTo)));
    if (!nav.querySelector(".place[tabindex='0']")) nav.querySelector(".place")?.setAttribute("tabindex", "0");
  };
  rove(nav, () => [...nav.querySelectorAll(".place")]);
  on("user channels place", draw);
}

function sections(goTo) {
  const rooms = store.channels.filter((one) => one.kind !== "dm" && one.is_member !== false);
  const others = store.channels.filter((one) => one.kind !== "dm" && one.is_member === false);
  const direct = store.channels.filter((one) => one.kind === "dm" && one.with !== store.app.bot_user);
  const app = store.channels.find((one) => one.kind === "dm" && one.with === store.app.bot_user);
  return [
    whoAmI(),
    group("Apps", [appPlace(app, goTo)]),
    group("Channels", rooms.map((one) => channelPlace(one, goTo))),
    group("Direct messages", direct.map((one) => directPlace(one, goTo))),
    others.length ? group("Other channels", others.map((one) => channelPlace(one, goTo))) : null,
  ].filter(Boolean);
}

function whoAmI() {
  const who = me();
  return h("div", { class: "who", "data-testid": "who" }, h("strong", { class: "workspace" }, store.workspace.name), h("div", { class: "who-me" }, "You are ", h("b", {}, displayName(store.user)), who?.is_guest ? h("span", { class: "guest" }, "guest") : null), h("div", { class: "who-title" }, [who?.title, who?.tz?.split("/").pop().replaceAll("_", " ")].filter(Boolean).join(" · ")));
}

const group = (title, places) =>
  h("section", { class: "place-group", "aria-label": title }, h("h2", {}, title), places.length ? places : h("p", { class: "place-none" }, "None yet"));

function place({ testid, label, mark, current, unread = 0, mentions = 0, faded = false, go }) {
  const classes = ["place", unread && !current ? "unread" : "", faded ? "faded" : ""].filter(Boolean).join(" ");
  const spoken = [label, unread && !current ? `${unread} unread` : "", mentions && !current ? `${mentions} mentions` : ""].filter(Boolean).join(", ");
  return h("button", { class: classes, "data-testid": testid, "data-key": testid, "aria-current": current ? "page" : undefined, "aria-label": spoken, tabindex: current ? "0" : "-1", onclick: go }, mark, h("span", { class: "place-name" }, label), mentions && !current ? h("span", { class: "badge", "aria-hidden": "true" }, String(mentions)) : null);
}

function channelPlace(one, goTo) {
  const mark = one.kind === "private" ? icon("lock", 14) : h("span", { class: "hash" }, "#");
  return place({ testid: `channel-${one.name}`, label: one.name, mark, current: store.place?.channel === one.id, unread: one.unread, mentions: one.mentions, faded: one.is_member === false, go: () => goTo({ channel: one.id }) });
}

function directPlace(one, goTo) {
  const name = person(one.with)?.name ?? one.with;
  const mentions = one.mentions || one.unread;
  return place({ testid: `dm-${name}`, label: displayName(one.with), mark: avatar(one.with, 20), current: store.place?.channel === one.id, unread: one.unread, mentions, go: () => goTo({ channel: one.id }) });
}

function appPlace(conversation, goTo) {
  const waiting = conversation?.unread ?? 0;
  const tab = waiting ? "messages" : "home";
  return place({ testid: "app", label: store.app.name, mark: avatar(store.app.bot_user, 20), current: Boolean(store.place?.app), unread: waiting, mentions: waiting, go: () => goTo({ app: tab }) });
}
