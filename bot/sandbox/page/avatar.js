// Initials on the person's colour, in place of a photograph.
import { h } from "./dom.js";
import { person, store } from "./state.js";
import { icon } from "./icons.js";

const SHADES = ["#7c4dbd", "#1f7a8c", "#b4533c", "#2f6fb0", "#3f7d4e", "#a63d6e", "#8a6a1f", "#4a5aa8"];

const shadeFor = (id) => SHADES[[...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % SHADES.length];
const initialsOf = (name) => name.split(/\s+/).map((word) => word[0]).join("").slice(0, 2).toUpperCase();

/** A person's or an app's avatar, `size` pixels wide; decorative, the name stands beside it. */
export function avatar(id, size = 36) {
  const who = person(id);
  const isApp = id === store.app.bot_user || who?.is_bot;
  const style = { "--size": `${size}px`, "--shade": who?.color ? hex(who.color) : shadeFor(id ?? "") };
  return h("span", { class: isApp ? "avatar app" : "avatar", style, "aria-hidden": "true" }, isApp ? icon("bolt", size * 0.6) : who?.initials ?? initialsOf(who?.real_name ?? who?.name ?? "?"));
}

const hex = (colour) => (colour.startsWith("#") ? colour : `#${colour}`);
