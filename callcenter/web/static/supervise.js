// A supervisor's panel: listen to a live call, whisper, speak in the agent's place.
// The socket's messages are described in callcenter/web/console/supervise.py and
// callcenter/wire/sound.py; docs/supervision.md says what each button does.

export const CALLER = 0;
export const AGENT = 1;
export const CLEAR = 2;
export const STATE = 3;

const ANSWER_MS = 4000;
const RETRY_MS = 1500;
const GO_MS = 1500; // as in console.js
const MOST_RETRIES = 5;

const WORDS = {
  ringing: "The call rings.",
  waiting: "The caller waits between two legs.",
  talking: "The caller talks with the agent.",
  escalating: "The agent is finding an operator.",
  dialling: "An operator's telephone rings: there is no sound here.",
  bridged: "The caller talks with an operator: there is no sound here.",
  voicemail: "The caller speaks a message: there is no sound here.",
  ended: "The call is over.",
};

// What one message of the socket is: { kind, audio } or { kind, state }.
export function read(data) {
  const bytes = new Uint8Array(data);
  const audio = bytes.subarray(1);
  switch (bytes[0]) {
    case CALLER: return { kind: "caller", audio: audio.slice() };
    case AGENT: return { kind: "agent", audio: audio.slice() };
    case CLEAR: return { kind: "clear" };
    case STATE: return { kind: "state", state: JSON.parse(new TextDecoder().decode(audio)) };
    default: return { kind: "unknown" };
  }
}

// How things stand, in a sentence.
export function sentence(state, me) {
  if (state.over) return WORDS.ended;
  if (state.secret) return "The caller is typing something secret: nobody hears it.";
  if (state.taken_by === me) {
    return state.taking ? "You speak as soon as the agent has finished." : "You are speaking with the caller.";
  }
  if (state.taken_by) return `${state.taken_by} speaks with the caller.`;
  return `${WORDS[state.phase] || state.phase}${state.phase === "talking" ? ` (${state.agent})` : ""}`;
}

class Panel {
  constructor(box) {
    this.box = box;
    this.me = box.dataset.person;
    this.state = null;
    this.waiting = new Map(); // answers, by the id of a wish
    this.retries = 0;
    this.muted = false;
    this.wentAt = 0;
    box.addEventListener("click", (event) => this.clicked(event));
    this.find("[data-mono]").addEventListener("change", () => this.mono());
    this.find("[data-whisper]")?.addEventListener("submit", (event) => {
      event.preventDefault();
      this.whisper();
    });
    document.addEventListener("keydown", (event) => this.pressed(event));
    window.addEventListener("pagehide", () => this.stop());
  }

  find(selector) { return this.box.querySelector(selector); }

  get mine() { return Boolean(this.state && this.state.taken_by === this.me && this.speaking); }

  show(what, words) {
    this.box.dataset.state = what;
    this.find("[data-supervise-state]").textContent = words;
  }

  fail(words) {
    const error = this.find("[data-error]");
    error.textContent = words;
    error.hidden = !words;
  }

  // Listening.

  async listen() {
    this.fail("");
    this.show("connecting", "Connecting …");
    try {
      await this.openEars();
    } catch (error) {
      this.show("off", "Not listening.");
      this.fail(`This browser cannot play the sound: ${error.message}`);
      return;
    }
    this.connect();
    this.pressListen(true);
  }

  async openEars() {
    if (this.context) return this.context.resume();
    this.context = new AudioContext({ latencyHint: "interactive" });
    await this.context.audioWorklet.addModule(this.box.dataset.worklet);
    this.ears = new AudioWorkletNode(this.context, "listening", { outputChannelCount: [2] });
    this.ears.port.onmessage = ({ data }) => {
      this.level("caller", data.caller);
      this.level("agent", data.agent);
    };
    this.ears.connect(this.context.destination);
    this.mono();
    return this.context.resume();
  }

  connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const call = encodeURIComponent(this.box.dataset.supervise);
    this.socket = new WebSocket(`${scheme}://${location.host}/console/calls/${call}/supervise`);
    this.socket.binaryType = "arraybuffer";
    this.socket.onmessage = ({ data }) => this.take(data);
    this.socket.onclose = () => this.closed();
  }

  take(data) {
    if (typeof data === "string") {
      this.told(JSON.parse(data));
      return;
    }
    const message = read(data);
    if (message.kind === "state") this.stands(message.state);
    else if (message.kind === "agent" && this.mine) return; // one's own voice
    else this.ears.port.postMessage(message);
  }

  told(message) {
    if (message.kind === "outcome") {
      this.waiting.get(message.id)?.(message);
      if (!message.id && !message.done) this.fail(message.text);
    } else if (message.kind === "searching") {
      this.show("searching", "The call is moving; looking for it …");
    } else if (message.kind === "over") {
      this.over = true;
      this.stop(message.text);
    }
  }

  stands(state) {
    this.retries = 0;
    this.state = state;
    this.ears.port.postMessage({ kind: "live", on: Boolean(state.taken_by) && !state.taking });
    this.find("[data-agent-label]").textContent = state.taken_by && !state.taking ? state.taken_by : "Agent";
    this.show(state.over ? "over" : "listening", sentence(state, this.me));
    const others = state.listeners.filter((name) => name !== this.me);
    const told = this.find("[data-others]");
    told.hidden = !others.length;
    told.textContent = others.length ? `Also listening: ${others.join(", ")}` : "";
    if (this.speaking && state.taken_by !== this.me) this.silence();
    this.buttons();
    if (state.over) {
      this.over = true;
      this.stop(WORDS.ended);
    }
  }

  buttons() {
    const taken = this.state && this.state.taken_by;
    for (const button of this.box.querySelectorAll('[data-act="take_over"]')) {
      button.hidden = Boolean(this.speaking);
      button.disabled = Boolean(taken);
    }
    for (const selector of ['[data-act="give_back"]', "[data-mute]", "[data-own]"]) {
      const one = this.find(selector);
      if (one) one.hidden = !this.speaking;
    }
  }

  closed() {
    if (!this.socket) return;
    this.silence();
    for (const answer of this.waiting.values()) answer({ done: false, text: "The connection broke." });
    if (this.over || this.retries >= MOST_RETRIES) {
      this.stop(this.over ? undefined : "The connection to the console broke.");
      return;
    }
    this.retries += 1;
    this.show("connecting", "The connection broke; trying again …");
    setTimeout(() => this.socket && this.connect(), RETRY_MS);
  }

  stop(words = "Not listening.") {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    this.silence();
    this.context?.close();
    this.context = null;
    this.state = null;
    this.level("caller", 0);
    this.level("agent", 0);
    this.show(this.over ? "over" : "off", words);
    this.pressListen(false);
    this.buttons();
  }

  pressListen(on) {
    const button = this.find('[data-act="listen"]');
    button.setAttribute("aria-pressed", String(on));
    button.textContent = on ? "Stop listening" : "Listen";
    button.disabled = Boolean(this.over);
  }

  level(of, peak) { this.find(`[data-level="${of}"]`).value = Math.sqrt(peak); }

  mono() {
    this.ears?.port.postMessage({ kind: "mono", on: this.find("[data-mono]").checked });
  }

  // Acts.

  async wish(act, more = {}) {
    if (!this.socket || this.socket.readyState !== WebSocket.OPEN) return this.byForm(act, more);
    const id = crypto.randomUUID();
    const answer = new Promise((resolve) => {
      this.waiting.set(id, resolve);
      setTimeout(() => resolve({ done: false, text: "No answer came; look whether it was done." }), ANSWER_MS);
    });
    this.socket.send(JSON.stringify({ act, id, ...more }));
    const outcome = await answer;
    this.waiting.delete(id);
    return outcome;
  }

  // Whoever does not listen can still act.
  async byForm(act, { text = "", at_once = false }) {
    const call = encodeURIComponent(this.box.dataset.supervise);
    const answer = await fetch(`/console/calls/${call}/acts`, {
      method: "POST",
      headers: { "X-CSRF-Token": document.querySelector('meta[name="csrf"]').content },
      body: new URLSearchParams({ act, text, at_once: String(at_once) }),
    });
    if (answer.headers.get("Content-Type") !== "application/json") {
      return { done: false, text: `The console answered ${answer.status}.` };
    }
    return answer.json();
  }

  async act(name, atOnce) {
    this.fail("");
    if (name === "listen") return this.socket ? this.stop() : this.listen();
    if (name === "whisper") return undefined; // its form does it
    if (name === "take_over") return this.takeOver(atOnce);
    if (name === "end" && !window.confirm(atOnce ? "Hang up on this caller now?" : "End this call with a goodbye?")) return undefined;
    const outcome = await this.wish(name, { at_once: atOnce });
    if (!outcome.done) this.fail(outcome.text);
    return outcome;
  }

  async whisper() {
    const field = this.find("[data-whisper-text]");
    if (!field.value.trim()) return;
    this.fail("");
    const outcome = await this.wish("whisper", { text: field.value.trim() });
    if (outcome.done) field.value = "";
    else this.fail(outcome.text);
  }

  // Speaking: the microphone is open before the agent is silenced.

  async takeOver(atOnce) {
    if (!this.socket) await this.listen();
    if (!this.socket) return;
    try {
      await this.openMicrophone();
    } catch (error) {
      this.fail(`Your microphone cannot be used: ${error.message}`);
      return;
    }
    this.buttons();
    const outcome = await this.wish("take_over", { at_once: atOnce });
    if (outcome.done) return;
    this.silence();
    this.fail(outcome.text);
  }

  async openMicrophone() {
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 },
    });
    const source = this.context.createMediaStreamSource(stream);
    const mouth = new AudioWorkletNode(this.context, "speaking", { numberOfOutputs: 0 });
    mouth.port.onmessage = ({ data }) => this.say(data);
    source.connect(mouth);
    this.speaking = { stream, source };
    this.muted = false;
  }

  say({ frame, peak }) {
    this.level("own", this.muted ? 0 : peak);
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    if (this.muted) frame.fill(0xff); // silence; the call stays ours
    this.socket.send(frame);
  }

  silence() {
    if (!this.speaking) return;
    this.speaking.source.disconnect();
    for (const track of this.speaking.stream.getTracks()) track.stop();
    this.speaking = null;
    this.buttons();
  }

  mute() {
    this.muted = !this.muted;
    const button = this.find("[data-mute]");
    button.setAttribute("aria-pressed", String(this.muted));
    button.textContent = this.muted ? "Unmute" : "Mute";
  }

  // Hands.

  clicked(event) {
    const button = event.target.closest("button");
    if (!button) return;
    if ("mute" in button.dataset) this.mute();
    else if (button.dataset.act) this.act(button.dataset.act, "atOnce" in button.dataset);
  }

  pressed(event) {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (typing === this.find("[data-whisper-text]") && typing && event.key === "Enter" && event.ctrlKey) {
      event.preventDefault();
      this.whisper();
      return;
    }
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const goes = Date.now() - this.wentAt < GO_MS; // "g t" is for the tickets
    this.wentAt = event.key === "g" ? Date.now() : 0;
    if (goes) return;
    if (event.key === "l") this.act("listen");
    else if (event.key === "t" && this.usable("take_over")) this.act("take_over", false);
    else if (event.key === "T" && this.usable("take_over")) this.act("take_over", true);
    else if (event.key === "b" && this.usable("give_back")) this.act("give_back");
    else if (event.key === "m" && this.speaking) this.mute();
  }

  usable(act) {
    const button = this.find(`[data-act="${act}"]`);
    return Boolean(button) && !button.hidden && !button.disabled;
  }
}

if (typeof document !== "undefined") {
  for (const box of document.querySelectorAll("[data-supervise]")) new Panel(box);
}
