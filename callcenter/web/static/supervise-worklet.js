// Sound of a live call, in the audio thread: two voices that are played, one that is
// taken down. The telephone's side is μ-law at 8 kHz; this side has its own rate.

const TELEPHONE_HZ = 8000;
const SAMPLES_PER_MS = TELEPHONE_HZ / 1000;
const CUSHION_MS = 60; // gathered before a live voice begins, against an uneven network
const MOST_BEHIND_MS = 250; // then what is too old is left out
const FRAME = 160; // 20 ms
const LEVELS_PER_S = 15;
const BIAS = 0x84;
const CLIP = 32635;

function expand(byte) {
  const inverted = ~byte & 0xff;
  const magnitude = ((((inverted & 0x0f) << 3) + BIAS) << ((inverted >> 4) & 7)) - BIAS;
  return inverted & 0x80 ? -magnitude : magnitude;
}

const LINEAR = Float32Array.from({ length: 256 }, (_, byte) => expand(byte) / 32768);

function compress(sample) {
  const whole = Math.max(-CLIP, Math.min(CLIP, Math.round(sample * 32768)));
  const sign = whole < 0 ? 0x80 : 0;
  const magnitude = Math.abs(whole) + BIAS;
  const exponent = 31 - Math.clz32(magnitude) - 7;
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff;
}

// What waits to be played of one voice. A live one begins after a cushion and never
// falls far behind; an agent's is the telephone's own queue, played to its end.
class Voice {
  constructor(live) {
    this.live = live;
    this.queue = [];
    this.at = 0; // in the first of the queue
    this.waiting = 0; // samples
    this.playing = false;
    this.last = 0;
    this.next = 0;
    this.between = 1; // how far from last to next; 1: take another
    this.peak = 0;
  }

  put(bytes) {
    this.queue.push(bytes);
    this.waiting += bytes.length;
    const most = MOST_BEHIND_MS * SAMPLES_PER_MS;
    if (this.live && this.waiting > most) this.skip(this.waiting - CUSHION_MS * SAMPLES_PER_MS);
    if (!this.live || this.waiting >= CUSHION_MS * SAMPLES_PER_MS) this.playing = true;
  }

  clear() {
    this.queue.length = 0;
    this.at = this.waiting = 0;
    this.playing = false;
  }

  skip(samples) {
    for (let left = samples; left > 0 && this.waiting; left -= 1) this.sample();
  }

  sample() {
    const first = this.queue[0];
    const value = LINEAR[first[this.at]];
    this.at += 1;
    this.waiting -= 1;
    if (this.at === first.length) {
      this.queue.shift();
      this.at = 0;
    }
    return value;
  }

  // One sample at the rate of this side; straight lines between those of the telephone.
  take(step) {
    this.between += step;
    while (this.between >= 1) {
      this.between -= 1;
      this.last = this.next;
      if (this.playing && this.waiting === 0) this.playing = false;
      this.next = this.playing ? this.sample() : 0;
    }
    const value = this.last + (this.next - this.last) * this.between;
    this.peak = Math.max(this.peak, Math.abs(value));
    return value;
  }
}

class Listening extends AudioWorkletProcessor {
  constructor() {
    super();
    this.caller = new Voice(true);
    this.agent = new Voice(false);
    this.mono = false;
    this.step = TELEPHONE_HZ / sampleRate;
    this.told = 0;
    this.port.onmessage = ({ data }) => this.take(data);
  }

  take({ kind, audio, on }) {
    if (kind === "caller") this.caller.put(audio);
    else if (kind === "agent") this.agent.put(audio);
    else if (kind === "clear") this.agent.clear();
    else if (kind === "live") this.agent.live = on; // a person's voice is a live one
    else if (kind === "mono") this.mono = on;
  }

  process(_, [output]) {
    const [left, right = left] = output;
    for (let i = 0; i < left.length; i += 1) {
      const caller = this.caller.take(this.step);
      const agent = this.agent.take(this.step);
      const both = (caller + agent) / 2;
      left[i] = this.mono || right === left ? both : caller;
      right[i] = this.mono || right === left ? both : agent;
    }
    this.told += left.length;
    if (this.told >= sampleRate / LEVELS_PER_S) {
      this.told = 0;
      this.port.postMessage({ caller: this.caller.peak, agent: this.agent.peak });
      this.caller.peak = this.agent.peak = 0;
    }
    return true;
  }
}

class Speaking extends AudioWorkletProcessor {
  constructor() {
    super();
    this.frame = new Uint8Array(FRAME);
    this.filled = 0;
    this.sum = 0;
    this.count = 0;
    this.due = 0;
    this.step = TELEPHONE_HZ / sampleRate;
    this.peak = 0;
  }

  // Each sample of the telephone is the mean of those of this side that it stands for.
  process([input]) {
    const samples = input[0] || [];
    for (const sample of samples) {
      this.sum += sample;
      this.count += 1;
      this.due += this.step;
      if (this.due >= 1) {
        this.due -= 1;
        this.put(this.sum / this.count);
        this.sum = this.count = 0;
      }
    }
    return true;
  }

  put(sample) {
    this.peak = Math.max(this.peak, Math.abs(sample));
    this.frame[this.filled] = compress(sample);
    this.filled += 1;
    if (this.filled === FRAME) {
      this.port.postMessage({ frame: this.frame.slice(), peak: this.peak });
      this.filled = 0;
      this.peak = 0;
    }
  }
}

registerProcessor("listening", Listening);
registerProcessor("speaking", Speaking);
