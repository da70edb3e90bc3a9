// What people typed and chose in one message, modal view or Home tab, by block and action.
import { act, attempt } from "./api.js";
import { confirmDialog } from "./dialog.js";

const keyOf = (blockId, actionId) => `${blockId}\u0000${actionId}`;

/** The inputs of one container. They outlive a redraw as long as their block and action ids stay the same. */
export class Surface {
  constructor(container) {
    this.container = container;
    this.name = container.ts ?? container.type; // tells apart the controls of different messages
    this.values = new Map();
    this.drawn = new Set();
    this.inFlight = new Set(); // blocks with an action under way
    this.redraw = () => {};
    this.submit = null; // set by the modal: Enter in a one-line field submits
  }

  /** The value of an input while drawing; `initial` is taken only the first time these ids are seen. */
  value(blockId, element, initial) {
    const key = keyOf(blockId, element.action_id);
    this.drawn.add(key);
    const known = this.values.get(key);
    if (known?.type !== element.type) this.values.set(key, { type: element.type, ...initial });
    return this.values.get(key);
  }

  set(blockId, element, value) {
    this.values.set(keyOf(blockId, element.action_id), { type: element.type, ...value });
  }

  get = (blockId, actionId) => this.values.get(keyOf(blockId, actionId));

  /** Draw with `make`, then forget the inputs that are no longer there. */
  draw(make) {
    this.drawn = new Set();
    const nodes = make();
    for (const key of this.values.keys()) if (!this.drawn.has(key)) this.values.delete(key);
    return nodes;
  }

  /** Slack's state.values. */
  state() {
    const values = {};
    for (const [key, value] of this.values) {
      const [blockId, actionId] = key.split("\u0000");
      (values[blockId] ??= {})[actionId] = value;
    }
    return values;
  }

  /** Send a block action to the app; `control` is disabled while it is under way. Returns whether it was sent. */
  async perform(blockId, element, value, control) {
    if (element.confirm && !(await confirmDialog(element.confirm))) return false;
    this.inFlight.add(blockId);
    setBusy(control, true);
    await attempt(
      act({ container: this.container, block_id: blockId, action_id: element.action_id, element_type: element.type, value, state: { values: this.state() } }),
    );
    this.inFlight.delete(blockId);
    setBusy(control, false);
    if (!control?.isConnected) this.redraw(); // drawn anew meanwhile: let the new buttons go
    return true;
  }
}

// A button waits together with its neighbours in the block, so that nobody approves and refuses at once.
function setBusy(control, busy) {
  if (!control) return;
  control.classList.toggle("busy", busy);
  control.setAttribute("aria-busy", String(busy));
  if (control.tagName !== "BUTTON") return;
  const row = control.closest("[data-block-id]") ?? control;
  for (const button of row.querySelectorAll("button.button")) button.setAttribute("aria-disabled", String(busy));
}

/** Whether a control or its neighbour has an action under way. */
export const isBusy = (control) => control.getAttribute("aria-disabled") === "true";
