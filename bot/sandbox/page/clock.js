// The workspace's clock and its speed.
import { attempt, setSpeed } from "./api.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { on, store, workspaceNow } from "./state.js";
import { clockSeconds, fullTime, shortDay, spell } from "./time.js";

const TICK_MS = 250;

/** Show the time in the person's zone, and let them speed it up. */
export function mountClock(bar) {
  const text = h("time", { class: "clock-time", "data-testid": "clock" });
  const speed = h("select", { "aria-label": "Clock speed", title: "How fast time passes in this workspace" });
  speed.addEventListener("change", () => attempt(setSpeed(Number(speed.value))));
  const tick = () => {
    const now = new Date(workspaceNow());
    text.textContent = `${shortDay(now)}, ${clockSeconds(now)}`;
    text.title = fullTime(now);
    text.dateTime = now.toISOString();
  };
  const draw = () => {
    const speeds = [...new Set([...(store.clock.speeds ?? [1]), store.clock.speed])].sort((a, b) => a - b);
    speed.replaceChildren(...speeds.map((one) => h("option", { value: String(one), selected: one === store.clock.speed }, speedLabel(one))));
    bar.classList.toggle("fast", store.clock.speed > 1);
    tick();
  };
  bar.replaceChildren(icon("clock", 16), text, speed);
  on("clock user", draw);
  setInterval(tick, TICK_MS);
}

function speedLabel(speed) {
  if (speed === 0) return "Paused";
  if (speed === 1) return "Real time";
  return speed >= 60 ? `${speed}× (${spell(speed)} a second)` : `${speed}×`;
}
