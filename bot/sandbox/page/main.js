/*
 * The sandbox page: a chat client for the local workspace. Plain modules, no build step, nothing from outside.
 *
 * Hooks for browser tests; prefer roles and names, as a person would:
 *   person      role "radio", named by the person's real name, inside radiogroup "Act as"; testid person-NAME
 *   who I am    testid "who"
 *   places      testid channel-NAME, dm-NAME, app; role "button" named "NAME[, n unread][, n mentions]"
 *   app tabs    role "tab" "Home" and "Messages"; the Home tab's content is testid "home"
 *   messages    role "log" "Messages" (testid "messages") of role "article"; testid "message" with data-ts
 *   on hover    toolbar buttons "React with white check mark", "Add reaction…", "Reply in thread", "More actions"
 *   reactions   role "button" "white check mark, 2 reactions" with aria-pressed; data-reaction=NAME
 *   thread      role "complementary" "Thread"; its list is testid "thread-messages"
 *   composer    role "textbox" "Message #revops", in a thread "Reply in thread"; Enter sends; role "option" suggests
 *   blocks      data-block-id on every block, data-action-id on every element
 *   modal       role "dialog" named by the view's title, testid "modal", data-callback-id
 *   inputs      by their label; selects are role "combobox", opening role "listbox" with role "option"
 *   notices     testid "toast"
 *   scene       region "Guided scene" with its caption (role "status") and buttons "Play the scene", "Pause", "End", "Show me"
 *   clock       testid "clock"; the speed is the combobox "Clock speed"
 *   address     #/USER/CHANNEL, #/USER/home or #/USER/messages opens a place as a person
 *   readiness   <body data-ready> holds the user id once the page is drawn and listens
 */
import { attempt, fetchState, listen } from "./api.js";
import { mountClock } from "./clock.js";
import { mountConversation } from "./conversation.js";
import { mountLeads } from "./leads.js";
import { mountModal } from "./modal.js";
import { closePopup } from "./popup.js";
import { mountScene } from "./scene.js";
import { mountPeople, mountSidebar, people } from "./sidebar.js";
import { apply, closeThread, currentChannel, emit, on, store, takeState } from "./state.js";
import { openSwitcher } from "./switcher.js";
import { mountThread } from "./thread.js";
import { toast } from "./toasts.js";

const RETRY_MS = 1000;
const byId = (id) => document.getElementById(id);
const lastPlace = new Map(); // user -> place, so that switching back returns to it
let source = null;

function readAddress() {
  const [user, where] = location.hash.replace(/^#\//, "").split("/");
  if (!user) return {};
  const place = ["home", "messages"].includes(where) ? { app: where } : where ? { channel: where } : undefined;
  return { user, place };
}

function writeAddress() {
  const where = store.place.app ?? store.place.channel;
  history.replaceState(null, "", `#/${store.user}/${where}`);
  const here = currentChannel();
  document.title = `${store.place.app ? store.app.name : here?.name ?? ""} · ${store.workspace.name}`;
}

/** Go to {channel} or {app: "home" | "messages"}. */
function goTo(place) {
  if (place.channel && place.channel !== store.thread?.channel) closeThread();
  if (place.app) closeThread();
  store.place = place;
  lastPlace.set(store.user, place);
  document.body.classList.remove("with-sidebar");
  writeAddress();
  emit("place");
}

// Where the person before was, if this one belongs there too: one follows a message through everybody's eyes.
function startingPlace(wanted, before) {
  const isVisible = (place) => place && (place.app || store.channels.some((one) => one.id === place.channel));
  const isJoined = (place) => place && (place.app || store.channels.some((one) => one.id === place.channel && one.is_member !== false));
  const known = isVisible(wanted) ? wanted : [before, lastPlace.get(store.user)].find(isJoined);
  if (known) return known;
  const first = store.channels.find((one) => one.kind !== "dm" && one.is_member !== false);
  return first ? { channel: first.id } : { app: "home" };
}

/** Act as `user`: load what this person sees and listen to what happens to them. */
async function actAs(user, place) {
  source?.close();
  closePopup();
  closeThread();
  delete document.body.dataset.ready;
  const state = await attempt(fetchState(user));
  if (!state) return void setTimeout(() => actAs(user, place), RETRY_MS);
  const everyone = state.users.filter((one) => !one.is_bot && !one.deleted);
  const known = everyone.some((one) => one.id === user) ? user : everyone[0].id;
  if (known !== user) return actAs(known, place);
  const before = store.place;
  takeState(user, state);
  store.place = startingPlace(place, before);
  emit("user");
  goTo(store.place);
  source = listen(user, store.cursor, { onEvent: apply, onBreak: () => reconnect(user) });
  document.body.dataset.ready = user;
  return undefined;
}

// After a break the whole state is read again: events may have been missed.
function reconnect(user) {
  byId("offline").hidden = false;
  setTimeout(async () => {
    const alive = await fetchState(user).catch(() => null);
    if (!alive) return reconnect(user);
    byId("offline").hidden = true;
    return store.user === user ? actAs(user, store.place) : undefined;
  }, RETRY_MS);
}

function onShortcutKey(event) {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openSwitcher({ goTo, actAs });
  }
  // Alt and a digit act as the nth person.
  if (event.altKey && /^Digit[1-9]$/.test(event.code)) {
    const chosen = people()[Number(event.code.slice(5)) - 1];
    if (chosen) actAs(chosen.id);
    event.preventDefault();
  }
}

mountPeople(byId("people"), { actAs });
mountSidebar(byId("sidebar"), { goTo });
mountThread(byId("thread"));
mountConversation(byId("conversation"), { goTo });
mountModal();
mountClock(byId("clock"));
mountLeads(byId("leads"));
mountScene(byId("scene"), { actAs });
on("toast", ({ level, text }) => toast(level, text));
on("user", () => (byId("workspace").textContent = store.workspace.name));
document.addEventListener("keydown", onShortcutKey);
byId("jump").addEventListener("click", () => openSwitcher({ goTo, actAs }));
byId("menu").addEventListener("click", () => document.body.classList.toggle("with-sidebar"));


function followAddress() {
  const { user, place } = readAddress();
  actAs(user ?? "", place);
}

window.addEventListener("hashchange", followAddress);
followAddress();
