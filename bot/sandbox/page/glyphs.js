// Drawings of the emoji that work messages lean on, on a 20 × 20 grid.
import { svg } from "./dom.js";

const fill = (d, colour) => svg("path", { d, fill: colour });
const line = (d, colour, width = 2) =>
  svg("path", { d, fill: "none", stroke: colour, "stroke-width": width, "stroke-linecap": "round", "stroke-linejoin": "round" });
const disc = (colour, r = 8, cx = 10, cy = 10) => svg("circle", { cx, cy, r, fill: colour });
const box = (colour, x = 2, y = 2, width = 16, height = 16, rx = 3) => svg("rect", { x, y, width, height, rx, fill: colour });
const draw = (...parts) => () => svg("svg", { viewBox: "0 0 20 20", class: "glyph" }, ...parts.map((part) => part.cloneNode(true)));

const THUMB = "M2.5 9.5h3.5v8h-3.5zM7 9l3-6.5c1.6 0 2.4 1 2.2 2.6L11.8 8h4.7c1.2 0 1.9 1 1.6 2.2l-1.4 5.8c-.2.9-.9 1.5-1.8 1.5H9.5L7 16.5z";
const PAGE = "M4 2h8l4 4v12H4z";

/** Short name -> a function that makes a fresh drawing. */
export const GLYPHS = {
  white_check_mark: draw(box("#2f9e5b"), line("M5.5 10.5l3 3 6-7", "#fff", 2.4)),
  heavy_check_mark: draw(line("M3.5 11l4.5 4.5L16.5 5", "#2f9e5b", 3)),
  x: draw(line("M4.5 4.5l11 11M15.5 4.5l-11 11", "#d9333f", 3.4)),
  eyes: draw(svg("ellipse", { cx: 5.7, cy: 10, rx: 4, ry: 5.6, fill: "#fff", stroke: "#4a4a4a" }), svg("ellipse", { cx: 14.3, cy: 10, rx: 4, ry: 5.6, fill: "#fff", stroke: "#4a4a4a" }), disc("#3b2a1d", 2.2, 4.6, 10.6), disc("#3b2a1d", 2.2, 13.2, 10.6)),
  "+1": draw(fill(THUMB, "#f2b632")),
  "-1": draw(svg("g", { transform: "rotate(180 10 10)" }, fill(THUMB, "#f2b632"))),
  tada: draw(fill("M2 18L6.5 6.5l7 7z", "#f2b632"), line("M11 6c.2-2 1-3 2.5-3.5M14 9c2-.6 3-.2 4 .8M12.5 7.5l3-3", "#7a5af0", 1.5), disc("#d9333f", 1.1, 17, 3), disc("#2f9e5b", 1.1, 9, 3), disc("#2b7de9", 1.1, 17.5, 13.5)),
  warning: draw(fill("M10 2l8.5 15.5h-17z", "#f5b82e"), line("M10 7.5v4.5", "#2b2b2b", 2), disc("#2b2b2b", 1.2, 10, 14.8)),
  rotating_light: draw(fill("M5 14V9a5 5 0 0 1 10 0v5z", "#e5484d"), box("#8a8f98", 3.5, 14, 13, 3.5, 1), line("M10 1v1M3 4l.8.8M17 4l-.8.8", "#e5484d", 1.6), fill("M8 9a2 2 0 0 1 2-2v5H8z", "#fff9")),
  no_entry: draw(disc("#d9333f"), box("#fff", 5, 8.5, 10, 3, 0.6)),
  no_entry_sign: draw(svg("circle", { cx: 10, cy: 10, r: 7, fill: "none", stroke: "#d9333f", "stroke-width": 2.4 }), line("M5.2 5.2l9.6 9.6", "#d9333f", 2.4)),
  red_circle: draw(disc("#d9333f")),
  large_orange_circle: draw(disc("#f08c2e")),
  large_yellow_circle: draw(disc("#f2c832")),
  large_green_circle: draw(disc("#2f9e5b")),
  large_blue_circle: draw(disc("#2b7de9")),
  white_circle: draw(svg("circle", { cx: 10, cy: 10, r: 7.5, fill: "#f4f4f4", stroke: "#b5b5b5" })),
  hourglass_flowing_sand: draw(fill("M5 3h10c0 4-3 5-4 7 1 2 4 3 4 7H5c0-4 3-5 4-7-1-2-4-3-4-7z", "#cfe3f5"), fill("M7 5.5h6L10 9.5zM6.5 16.5c.5-2 2-2.5 3.5-4 1.5 1.5 3 2 3.5 4z", "#d99a2b"), line("M4 2.5h12M4 17.5h12", "#a56a2a", 2)),
  hourglass: draw(fill("M5 3h10c0 4-3 5-4 7 1 2 4 3 4 7H5c0-4 3-5 4-7-1-2-4-3-4-7z", "#cfe3f5"), fill("M6 16.5c.5-3 2.5-3.5 4-5 1.5 1.5 3.5 2 4 5z", "#d99a2b"), line("M4 2.5h12M4 17.5h12", "#a56a2a", 2)),
  alarm_clock: draw(disc("#e5484d"), disc("#fff", 5.6), line("M10 7v3.2l2.2 1.3", "#2b2b2b", 1.4), line("M3 4.5 5 2.8M17 4.5 15 2.8", "#e5484d", 2.4)),
  stopwatch: draw(disc("#8a8f98", 7.4, 10, 11.2), disc("#fff", 5.6, 10, 11.2), line("M10 8v3.2l2 1.2", "#2b2b2b", 1.4), line("M8.5 2h3", "#8a8f98", 2.4)),
  calendar: draw(box("#eef1f4", 2.5, 3.5, 15, 14, 2), box("#d9333f", 2.5, 3.5, 15, 4, 1.5), line("M6 11h1M9.5 11h1M13 11h1M6 14h1M9.5 14h1", "#667", 1.6)),
  bell: draw(fill("M4 14c1.5-1 1.5-3 1.5-5a4.5 4.5 0 0 1 9 0c0 2 0 4 1.5 5z", "#f2b632"), disc("#c98a1b", 1.7, 10, 16), disc("#f2b632", 1.2, 10, 3.8)),
  loudspeaker: draw(fill("M3 8l11-5v14L3 12z", "#e5734d"), fill("M5 12l1 5h2.5l-1-4z", "#8a8f98"), line("M16.5 8c1 1.2 1 2.8 0 4", "#8a8f98", 1.6)),
  memo: draw(fill(PAGE, "#f5f1e4"), line("M6.5 6.5h4M6.5 9.5h7M6.5 12.5h4", "#8a8f98", 1.2), line("M11 15.5l6-6", "#f2a132", 2.4)),
  clipboard: draw(box("#a9713c", 3, 3, 14, 15.5, 2), box("#fbfaf5", 5, 5.5, 10, 11, 1), box("#8a8f98", 7, 1.8, 6, 3.4, 1), line("M7 9h6M7 12h6", "#8a8f98", 1.2)),
  page_facing_up: draw(fill(PAGE, "#eef1f4"), line("M6.5 7h4M6.5 10h7M6.5 13h7", "#8a8f98", 1.2)),
  bar_chart: draw(box("#eef1f4"), box("#2f9e5b", 4.5, 9, 3, 7, 0.5), box("#d9333f", 8.5, 5, 3, 11, 0.5), box("#2b7de9", 12.5, 7.5, 3, 8.5, 0.5)),
  chart_with_upwards_trend: draw(box("#eef1f4"), line("M4.5 14.5l4-4.5 3 2 4.5-6.5", "#d9333f", 1.8)),
  bulb: draw(fill("M10 2a5.5 5.5 0 0 1 3.5 9.8c-.8.7-1 1.4-1 2.2h-5c0-.8-.2-1.5-1-2.2A5.5 5.5 0 0 1 10 2z", "#f5c932"), box("#8a8f98", 7.5, 14.8, 5, 3, 1)),
  lock: draw(line("M6.5 9V6.5a3.5 3.5 0 0 1 7 0V9", "#8a8f98", 2), box("#f2b632", 4, 9, 12, 9, 2)),
  rocket: draw(fill("M11 13.5 6.5 9C8 4.5 12 2 17.5 2.5 18 8 15.5 12 11 13.5z", "#dfe5ec"), disc("#2b7de9", 1.8, 13, 7), fill("M6.5 9 3 9.5l2.5-3 2.5.3zM11 13.5l-.5 3.5 3-2.5-.3-2.5z", "#d9333f"), fill("M6.5 12l1.5 1.5-4 3z", "#f2a132")),
  dart: draw(disc("#d9333f"), disc("#fff", 5.8), disc("#d9333f", 3.6), disc("#fff", 1.5), line("M10 10l6-6", "#2b7de9", 1.5)),
  zap: draw(fill("M12 1.5 4 11.5h4.5L7.5 18.5 16 8.5h-5z", "#f5b82e")),
  fire: draw(fill("M10 1.5c.5 3 5.5 5 5.5 10.5a5.5 5.5 0 0 1-11 .2c0-2.2 1-3.7 2-4.7.2 1.2.7 2 1.5 2.5C7.5 7 9 4 10 1.5z", "#f0662e"), fill("M10 9.5c.3 1.5 2.5 2.5 2.5 4.7a2.5 2.5 0 0 1-5 0c0-1.8 2-2.7 2.5-4.7z", "#f5c932")),
  wave: draw(fill("M4.5 9 9 5.5c1-.7 2 .3 1.3 1.2l2.2-2c1-.8 2.1.4 1.3 1.3l.9-.7c1-.6 1.9.5 1.2 1.3L16.5 9c.9 3.5-.5 7-3.5 8.3s-6 .2-7.3-2.3L3.5 11c-.4-1 .2-1.8 1-2z", "#f2b632"), line("M2.5 5.5c.3-1.2 1-2 2-2.5M17.5 16c-.4 1-1 1.5-1.8 1.9", "#8a8f98", 1.3)),
  speech_balloon: draw(fill("M2 4h16v10.5H9l-4 3.5v-3.5H2z", "#dfe5ec"), disc("#8a8f98", 1, 6.5, 9.3), disc("#8a8f98", 1, 10, 9.3), disc("#8a8f98", 1, 13.5, 9.3)),
  information_source: draw(box("#2b7de9"), line("M10 9.5v5", "#fff", 2.2), disc("#fff", 1.3, 10, 6.2)),
  arrows_counterclockwise: draw(box("#2b7de9"), line("M14 8.5A4.3 4.3 0 0 0 6.5 7.5M6 11.5a4.3 4.3 0 0 0 7.5 1M6.2 5v2.7h2.7M13.8 15v-2.7h-2.7", "#fff", 1.6)),
  double_vertical_bar: draw(box("#2b7de9"), line("M8 6.5v7M12 6.5v7", "#fff", 2)),
  arrow_right: draw(box("#2b7de9"), line("M5.5 10h8.5M10.5 6.5 14 10l-3.5 3.5", "#fff", 1.8)),
  busts_in_silhouette: draw(disc("#5b6b80", 2.8, 13.5, 7), fill("M9 17c0-4 2-6 4.5-6s4.5 2 4.5 6z", "#5b6b80"), disc("#33435a", 3.2, 7.5, 6.5), fill("M2 17.5c0-4.5 2.3-6.7 5.5-6.7s5.5 2.2 5.5 6.7z", "#33435a")),
  office: draw(box("#a9b6c6", 4, 2, 12, 16, 1), line("M7 5.5h1M12 5.5h1M7 9h1M12 9h1M7 12.5h1M12 12.5h1", "#33435a", 1.8)),
  star: draw(fill("M10 2l2.4 5.2 5.6.6-4.2 3.8 1.2 5.6L10 14.3l-5 2.9 1.2-5.6L2 7.8l5.6-.6z", "#f5b82e")),
  heart: draw(fill("M10 17.5C4 13 2 10.3 2 7.3A4.2 4.2 0 0 1 10 5.5a4.2 4.2 0 0 1 8 1.8c0 3-2 5.7-8 10.2z", "#d9333f")),
  link: draw(line("M8.5 11.5a3 3 0 0 0 4.3.2l2.8-2.8a3 3 0 0 0-4.3-4.3L10 6M11.5 8.5a3 3 0 0 0-4.3-.2l-2.8 2.8a3 3 0 0 0 4.3 4.3L10 14", "#8a8f98", 2)),
  pushpin: draw(fill("M12 2l6 6-2 .6-3.5 3.5.3 3.4-1.5 1.2-6.5-6.5L6 8.7l3.4.3L13 5.5z", "#d9333f"), line("M7.5 12.5 3 17", "#8a8f98", 1.6)),
  mag: draw(svg("circle", { cx: 8.5, cy: 8.5, r: 5.5, fill: "#dcecf8", stroke: "#5b6b80", "stroke-width": 2 }), line("M13 13l4.5 4.5", "#5b6b80", 2.6)),
  ladder: draw(line("M6 2v16M14 2v16M6 5.5h8M6 9h8M6 12.5h8M6 16h8", "#a9713c", 1.8)),
  checkered_flag: draw(line("M4 2.5v15.5", "#8a8f98", 1.6), svg("rect", { x: 5, y: 3, width: 12, height: 8, fill: "#fff", stroke: "#33435a" }), fill("M5 3h3v4H5zM11 3h3v4h-3zM8 7h3v4H8zM14 7h3v4h-3z", "#33435a")),
};
