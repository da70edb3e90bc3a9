// Emoji by Slack's short names. Those that carry meaning in work messages are drawn (glyphs.js), so that they
// look the same on machines without an emoji font; the rest use the system's font.
import { h } from "./dom.js";
import { GLYPHS } from "./glyphs.js";

/** The reactions offered first. */
export const QUICK = ["white_check_mark", "x", "eyes", "+1", "tada"];

export const CHARACTERS = {
  white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", eyes: "👀", "+1": "👍", "-1": "👎", tada: "🎉",
  raised_hands: "🙌", clap: "👏", pray: "🙏", muscle: "💪", wave: "👋", ok_hand: "👌", point_right: "👉", handshake: "🤝",
  heart: "❤️", fire: "🔥", rocket: "🚀", star: "⭐", sparkles: "✨", 100: "💯", zap: "⚡", dart: "🎯", trophy: "🏆",
  smile: "😄", slightly_smiling_face: "🙂", grinning: "😀", joy: "😂", sweat_smile: "😅", thinking_face: "🤔", neutral_face: "😐",
  disappointed: "😞", cry: "😢", scream: "😱", sunglasses: "😎", wink: "😉", heart_eyes: "😍", robot_face: "🤖",
  warning: "⚠️", rotating_light: "🚨", no_entry: "⛔", no_entry_sign: "🚫", octagonal_sign: "🛑", exclamation: "❗", question: "❓", bangbang: "‼️",
  red_circle: "🔴", large_orange_circle: "🟠", large_yellow_circle: "🟡", large_green_circle: "🟢", large_blue_circle: "🔵", white_circle: "⚪", black_circle: "⚫",
  hourglass: "⌛", hourglass_flowing_sand: "⏳", alarm_clock: "⏰", stopwatch: "⏱️", clock3: "🕒", calendar: "📅", date: "📅", spiral_calendar_pad: "🗓️",
  bell: "🔔", no_bell: "🔕", loudspeaker: "📢", mega: "📣", speech_balloon: "💬", email: "✉️", envelope: "✉️", inbox_tray: "📥", outbox_tray: "📤",
  telephone_receiver: "📞", phone: "☎️", memo: "📝", pencil: "✏️", pencil2: "✏️", clipboard: "📋", page_facing_up: "📄", paperclip: "📎", link: "🔗",
  bar_chart: "📊", chart_with_upwards_trend: "📈", chart_with_downwards_trend: "📉", mag: "🔍", bulb: "💡", lock: "🔒", unlock: "🔓", key: "🔑",
  hammer_and_wrench: "🛠️", wrench: "🔧", gear: "⚙️", package: "📦", gift: "🎁", wastebasket: "🗑️", pushpin: "📌", round_pushpin: "📍",
  arrow_right: "➡️", arrow_left: "⬅️", arrow_up: "⬆️", arrow_down: "⬇️", arrows_counterclockwise: "🔄", repeat: "🔁", twisted_rightwards_arrows: "🔀",
  leftwards_arrow_with_hook: "↩️", arrow_right_hook: "↪️", heavy_plus_sign: "➕", heavy_minus_sign: "➖", information_source: "ℹ️",
  double_vertical_bar: "⏸️", pause_button: "⏸️", arrow_forward: "▶️", black_square_for_stop: "⏹️", soon: "🔜", new: "🆕", sos: "🆘",
  busts_in_silhouette: "👥", bust_in_silhouette: "👤", office: "🏢", house: "🏠", moneybag: "💰", dollar: "💵", handbag: "👜", label: "🏷️",
  first_place_medal: "🥇", seedling: "🌱", sunny: "☀️", palm_tree: "🌴", coffee: "☕", zzz: "💤", ladder: "🪜", checkered_flag: "🏁", triangular_flag_on_post: "🚩",
};

const ALIASES = { thumbsup: "+1", thumbsdown: "-1", heavy_exclamation_mark: "exclamation", thinking: "thinking_face", "green_heart": "heart", stop_sign: "octagonal_sign", green_circle: "large_green_circle", yellow_circle: "large_yellow_circle", orange_circle: "large_orange_circle", check: "heavy_check_mark" };
const NAMES = new Map(Object.entries(CHARACTERS).map(([name, character]) => [character, name]).reverse());
const DRAWN = new RegExp(`(${Object.keys(GLYPHS).map((name) => CHARACTERS[name]).sort((a, b) => b.length - a.length).join("|")})`, "u");

const plainName = (name) => {
  const bare = name.split("::")[0];
  return ALIASES[bare] ?? bare;
};

export const isEmoji = (name) => Object.hasOwn(CHARACTERS, plainName(name));

/** The emoji called `name`, or its short name as text when it is not known. */
export function emoji(name) {
  const known = plainName(name);
  if (!isEmoji(known)) return document.createTextNode(`:${name}:`);
  const drawn = GLYPHS[known]?.();
  return h("span", { class: "emoji", role: "img", "aria-label": known.replaceAll("_", " "), title: `:${known}:` }, drawn ?? CHARACTERS[known]);
}

/** Text with the emoji characters that we draw replaced by their drawings. */
export function withEmoji(text) {
  if (!DRAWN.test(text)) return [text];
  return text.split(DRAWN).filter(Boolean).map((part) => (NAMES.has(part) && DRAWN.test(part) ? emoji(NAMES.get(part)) : part));
}

/** Text with ":short_names:" and emoji characters shown as emoji: what plain_text objects do. */
export function emojify(text) {
  const parts = text.split(/(:[a-z0-9_+-]+(?:::skin-tone-[2-6])?:)/);
  return parts.flatMap((part, index) => {
    const name = part.slice(1, -1);
    return index % 2 && isEmoji(name) ? [emoji(name)] : withEmoji(part);
  });
}
