// The page's own line icons, as inline SVG.
import { svg } from "./dom.js";

const PATHS = {
  home: "M3 10.5 12 3l9 7.5V21h-6v-6H9v6H3z",
  close: "M5 5l14 14M19 5 5 19",
  search: "M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14zM16.5 16.5 21 21",
  send: "M4 4l17 8-17 8 3-8zM7 12h14",
  reply: "M4 5h16v11H11l-5 4v-4H4zM8 10.5h8",
  react: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM8.5 14.5c1.8 2.4 5.2 2.4 7 0M9 9.5v.5M15 9.5v.5",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  bolt: "M13 3 5 14h6l-1 7 8-11h-6z",
  plus: "M12 5v14M5 12h14",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z",
  people: "M9 5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7zM2.5 20c0-4 2.7-6 6.5-6s6.5 2 6.5 6M16 5.5a3 3 0 0 1 0 6M17.5 14.5c2.6.6 4 2.5 4 5.5",
  clock: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM12 7v5l3.5 2",
  download: "M12 4v11M7.5 11 12 15.5 16.5 11M4.5 20h15",
  file: "M6 3h8l4.5 4.5V21H6zM14 3v5h4.5",
  down: "M6 9.5l6 6 6-6",
  warn: "M12 3.5 22 20H2zM12 9.5v4.5M12 17v.01",
  check: "M5 12.5l4.5 4.5L19 7.5",
  back: "M14.5 5l-7 7 7 7",
  menu: "M4 6.5h16M4 12h16M4 17.5h16",
  inbox: "M4 13l2.5-8h11L20 13v6H4zM4 13h5a3 3 0 0 0 6 0h5",
};

/** One icon by name; decorative, so hidden from assistive technology. */
export function icon(name, size = 18) {
  return svg(
    "svg",
    { viewBox: "0 0 24 24", width: size, height: size, class: "icon", "aria-hidden": "true", focusable: "false" },
    svg("path", { d: PATHS[name], fill: "none", stroke: "currentColor", "stroke-width": name === "more" ? 3 : 1.8, "stroke-linecap": "round", "stroke-linejoin": "round" }),
  );
}
