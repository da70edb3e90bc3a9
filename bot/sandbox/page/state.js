// What the page knows. Modules read `store`, change it only through the functions here, and redraw on topics.

export const store = {
  user: null, // id of the person the page acts as
  workspace: { id: "", name: "" },
  app: { id: "", name: "", bot_user: "", commands: [], shortcuts: [] },
  users: new Map(),
  groups: [],
  channels: [],
  views: [], // this person's modal stack, bottom first
  home: null,
  clock: { now: new Date().toISOString(), speed: 1, running: true, speeds: [1] },
  webhooks: [],
  scene: null, // the guided scene with its captions, if there is one
  replies: [], // what the webhooks answered, newest last
  cursor: 0,
  place: null, // {channel} or {app: "home" | "messages"}
  messages: new Map(), // channel -> Map(ts -> message), top level only
  thread: null, // {channel, ts, messages: Map}
};

const listeners = new Map();
const deleted = new Set(); // "channel ts" of messages that an event took away

/** Call `f` whenever one of the space-separated topics changes. */
export function on(topics, f) {
  for (const topic of topics.split(" ")) {
    if (!listeners.has(topic)) listeners.set(topic, []);
    listeners.get(topic).push(f);
  }
}

export function emit(topic, detail) {
  for (const f of listeners.get(topic) ?? []) f(detail);
}

export const person = (id) => store.users.get(id);
export const me = () => store.users.get(store.user);
export const channel = (id) => store.channels.find((one) => one.id === id);
export const displayName = (id) => person(id)?.real_name || person(id)?.name || id;

/** The channel on screen, or null on the app's Home tab. */
export function currentChannel() {
  if (store.place?.channel) return channel(store.place.channel) ?? null;
  if (store.place?.app === "messages") return appConversation();
  return null;
}

/** The person's direct messages with the app, once they exist. */
export const appConversation = () =>
  store.channels.find((one) => one.kind === "dm" && one.with === store.app.bot_user) ?? null;

/** Take in a whole state as the server sends it for `user`. */
export function takeState(user, state) {
  Object.assign(store, {
    user,
    workspace: state.workspace,
    app: state.app,
    users: new Map(state.users.map((one) => [one.id, one])),
    groups: state.groups ?? [],
    channels: state.channels,
    views: state.views ?? [],
    home: state.home ?? null,
    webhooks: state.webhooks ?? [],
    scene: state.scene ?? null,
    cursor: state.cursor ?? 0,
    messages: new Map(),
    thread: null,
  });
  takeClock(state.clock);
}

function takeClock(clock) {
  store.clock = { ...store.clock, ...clock, takenAt: performance.now() };
  emit("clock");
}

/** Milliseconds since the epoch on the workspace's own clock. */
export function workspaceNow() {
  const { now, speed, running, takenAt } = store.clock;
  const passed = running === false ? 0 : (performance.now() - (takenAt ?? performance.now())) * (speed || 0);
  return Date.parse(now) + passed;
}

/** Take in a channel's messages; what events told while they were under way is newer and stays. */
export function takeMessages(channelId, messages) {
  store.messages.set(channelId, merged(channelId, messages.filter(isTopLevel), store.messages.get(channelId)));
  emit("messages", channelId);
}

/** Open the thread under `root`; its replies follow with `takeReplies`. */
export function startThread(root) {
  const ts = root.thread_ts ?? root.ts;
  store.thread = { channel: root.channel, ts, messages: new Map(root.ts === ts ? [[ts, root]] : []) };
  emit("thread");
}

export function takeReplies(channelId, ts, messages) {
  if (store.thread?.channel !== channelId || store.thread.ts !== ts) return;
  store.thread.messages = merged(channelId, messages, store.thread.messages);
  emit("thread");
}

function merged(channelId, fetched, told = []) {
  const all = new Map(fetched.filter((one) => !deleted.has(`${channelId} ${one.ts}`)).map((one) => [one.ts, one]));
  for (const [ts, message] of told) all.set(ts, message);
  return all;
}

export function closeThread() {
  if (!store.thread) return;
  store.thread = null;
  emit("thread");
}

export function takeViews(views) {
  store.views = views;
  emit("views");
}

const isTopLevel = (message) => !message.thread_ts || message.thread_ts === message.ts;

const reducers = {
  message: ({ channel: id, message }) => putMessage(id, message),
  message_changed: ({ channel: id, message }) => putMessage(id, message),
  message_deleted: ({ channel: id, ts }) => dropMessage(id, ts),
  views: ({ views }) => takeViews(views),
  home: ({ view }) => {
    store.home = view;
    emit("home");
  },
  channels: ({ channels }) => {
    store.channels = channels;
    emit("channels");
  },
  clock: ({ clock }) => takeClock(clock),
  scene: ({ scene }) => {
    store.scene = scene;
    emit("scene");
  },
  toast: (event) => emit("toast", event),
  webhook: (event) => {
    store.replies.push(event);
    emit("webhook", event);
  },
};

/** Apply one server-sent event; one that was seen already changes nothing. */
export function apply(event) {
  if (event.cursor !== undefined) {
    if (event.cursor <= store.cursor) return;
    store.cursor = event.cursor;
  }
  reducers[event.type]?.(event);
}

function putMessage(id, message) {
  const thread = store.thread;
  if (thread?.channel === id && (message.thread_ts ?? message.ts) === thread.ts) {
    thread.messages.set(message.ts, message);
    emit("thread");
  }
  if (!isTopLevel(message)) return;
  if (!store.messages.has(id)) store.messages.set(id, new Map());
  store.messages.get(id).set(message.ts, message);
  emit("messages", id);
}

function dropMessage(id, ts) {
  deleted.add(`${id} ${ts}`);
  if (store.messages.get(id)?.delete(ts)) emit("messages", id);
  if (store.thread?.channel !== id) return;
  if (store.thread.ts === ts) closeThread();
  else if (store.thread.messages.delete(ts)) emit("thread");
}
