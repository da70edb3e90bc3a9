// The guided scene: offered once, then captions that say what to look at. The visitor follows it, or goes their own way.
import { attempt, steerScene } from "./api.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { displayName, on, store } from "./state.js";

let following = true; // the page goes where the scene is, until the visitor goes elsewhere
let moving = false;
let hidden = false;
let shown = 0; // captions seen so far
let turn = Promise.resolve(); // the page moves to one place after the other

/** Show the scene in `bar`; `actAs` and `goTo` move the page as a click does. */
export function mountScene(bar, { actAs }) {
  const mark = h("style");
  document.head.append(mark);
  const draw = () => {
    const scene = store.scene;
    bar.hidden = !scene || hidden;
    if (bar.hidden) return;
    bar.replaceChildren(...(scene.state === "offered" ? offer(scene) : playing(scene, look)));
  };
  const move = async () => {
    const caption = store.scene?.captions.at(-1);
    moving = true;
    if (caption?.user && !isThere(caption)) await actAs(caption.user, placeOf(caption));
    moving = false;
    point(mark, caption);
    draw();
  };
  const look = () => {
    following = true;
    turn = turn.then(move);
  };
  const follow = () => {
    const scene = store.scene;
    const isNew = scene && scene.captions.length > shown;
    shown = scene?.captions.length ?? 0;
    draw();
    if (isNew && following) look();
  };
  const wander = () => {
    const isOn = ["playing", "paused"].includes(store.scene?.state);
    if (isOn && shown > 0 && !moving && following && !isThere(store.scene.captions.at(-1))) following = false;
    draw();
  };
  on("scene", follow);
  on("user", follow);
  on("place", wander);
  const hide = () => {
    hidden = true;
    mark.textContent = "";
    draw();
  };
  bar.addEventListener("click", (event) => event.target.closest("[data-hide]") && hide());
}

const placeOf = ({ place }) => (!place ? undefined : place === "home" ? { app: "home" } : isDirect(place) ? { app: "messages" } : { channel: place });
// A conversation with the app is shown on the app's own tab.
const isDirect = (id) => id.startsWith("D");

function isThere(caption) {
  if (!caption?.user) return true;
  const place = placeOf(caption);
  return store.user === caption.user && (!place || (place.app ? store.place?.app === place.app : store.place?.channel === place.channel));
}

/** Outline the message that a caption speaks of, and bring it into view. */
function point(mark, caption) {
  if (!caption?.ts) return void (mark.textContent = "");
  const selector = `[data-testid="message"][data-ts="${CSS.escape(caption.ts)}"]`;
  mark.textContent = `${selector} { box-shadow: inset 3px 0 var(--pointer); background: var(--pointer-soft); }`;
  setTimeout(() => document.querySelector(selector)?.scrollIntoView({ block: "nearest" }), 300);
}

function offer(scene) {
  return [
    h("div", { class: "scene-text" }, h("strong", {}, scene.title), " ", scene.about),
    h("div", { class: "scene-tools" }, tool("Play the scene", "play", "primary"), h("button", { class: "bar-button", "data-hide": "" }, "Not now")),
  ];
}

function playing(scene, look) {
  const now = scene.captions.at(-1);
  const earlier = scene.captions.slice(0, -1);
  const isOn = scene.state === "playing" || scene.state === "paused";
  const told = scene.state === "stopped" ? "The scene cannot go on: something it waits for is not there. The demo is yours." : now?.text ?? "The curtain rises…";
  const tools = [
    now?.user && !isThere(now) ? h("button", { class: "bar-button primary", onclick: look }, "Show me") : null,
    scene.state === "playing" ? tool("Pause", "pause") : null,
    scene.state === "paused" ? tool("Go on", "play", "primary") : null,
    isOn ? tool("End", "end") : h("button", { class: "bar-button", "data-hide": "" }, "Close"),
  ];
  return [
    icon("eye", 18),
    h("div", { class: "scene-text", role: "status" }, now?.user && isOn ? h("b", {}, `As ${displayName(now.user).split(" ")[0]}: `) : null, told),
    h("div", { class: "scene-tools" }, earlier.length ? history(earlier) : null, ...tools.filter(Boolean)),
  ];
}

const history = (captions) => h("details", { class: "scene-past" }, h("summary", { class: "bar-button" }, `So far (${captions.length})`), h("ol", {}, ...captions.map((one) => h("li", {}, one.text))));

const tool = (label, wish, kind = "") => h("button", { class: `bar-button ${kind}`.trim(), onclick: () => attempt(steerScene(wish)) }, label);
