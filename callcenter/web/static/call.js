// One call: its sound beside its words, and its news while it lives.
// The server sends the story as it would show it; here only what is different is touched.

import { localise } from "./console.js";

const NEWS_MS = 250; // a burst of facts is one look
const RETRY_MS = 2000;

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

// Where a link points: #e=<sequence> or #t=<seconds>.

function target() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const moments = $$("[data-moment]");
  if (asked.has("e")) return moments.find((one) => one.dataset.moment === asked.get("e"));
  if (!asked.has("t")) return undefined;
  const ms = Number(asked.get("t")) * 1000;
  return moments.filter((one) => Number(one.dataset.ms) <= ms + 50).at(-1) ?? moments[0];
}

function goThere() {
  const moment = target();
  for (const one of $$(".moment.here")) one.classList.remove("here");
  if (!moment) return;
  moment.classList.add("here");
  moment.scrollIntoView({ block: "center" });
}

window.addEventListener("hashchange", goThere);

// The sound. Each stream of a call is a part of its own, with its place in the call.

const parts = $$("[data-part]").map((part) => ({
  part,
  sound: $("[data-sound]", part),
  beginsMs: Number(part.dataset.ms),
}));

function partAt(ms) {
  const begun = parts.filter((one) => one.beginsMs <= ms);
  return begun.at(-1) ?? parts[0];
}

function playFrom(ms) {
  const { sound, beginsMs } = partAt(ms);
  for (const other of parts) if (other.sound !== sound) other.sound.pause();
  sound.currentTime = Math.max(0, (ms - beginsMs) / 1000);
  sound.play();
}

function follow({ sound, beginsMs }) {
  const ms = beginsMs + sound.currentTime * 1000;
  const turns = $$(".moment.turn");
  const now = turns.filter((one) => Number(one.dataset.ms) <= ms).at(-1);
  for (const one of turns) one.classList.toggle("playing", one === now && !sound.paused);
}

document.addEventListener("click", (event) => {
  const when = event.target.closest(".moment .when");
  if (when && parts.length) playFrom(Number(when.closest("[data-ms]").dataset.ms));
});

function gone(part) {
  for (const one of $$("[data-wave], [data-sound]", part)) one.hidden = true;
  $("[data-gone]", part).hidden = false;
}

async function drawWaves() {
  const player = $("[data-player]");
  if (!player || !parts.length) return;
  const { default: WaveSurfer } = await import(player.dataset.waves);
  const style = getComputedStyle(document.documentElement);
  for (const { part, sound } of parts) {
    sound.addEventListener("error", () => gone(part));
    if (sound.error || sound.networkState === HTMLMediaElement.NETWORK_NO_SOURCE) {
      gone(part);
      continue;
    }
    const wave = WaveSurfer.create({
      container: $("[data-wave]", part),
      cspNonce: player.dataset.styleNonce, // its shadow root has a style of its own
      media: sound,
      height: 36,
      splitChannels: true,
      barWidth: 2,
      barGap: 1,
      barRadius: 2,
      waveColor: style.getPropertyValue("--line-2").trim(),
      progressColor: style.getPropertyValue("--accent").trim(),
    });
    wave.on("error", () => gone(part));
  }
}

for (const one of parts) {
  for (const kind of ["timeupdate", "play", "pause"]) {
    one.sound.addEventListener(kind, () => follow(one));
  }
}

// Keyboard.

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select")) return;
  if (event.key === "j" || event.key === "k") {
    const moments = $$("[data-moment]");
    const here = moments.findIndex((one) => one.classList.contains("here"));
    const next = moments[Math.max(0, here + (event.key === "j" ? 1 : -1))];
    if (next) {
      history.replaceState(null, "", `#e=${next.dataset.moment}`);
      goThere();
    }
  } else if (event.key === "p" && parts.length) {
    const { sound } = parts.find((one) => !one.sound.paused) ?? parts[0];
    if (sound.paused) sound.play();
    else sound.pause();
  }
});

// While it lives: told that something happened, the page asks what there is now.

const story = $("[data-story]");
let asked = 0;

function age() {
  for (const element of $$("[data-age]")) {
    const s = Math.max(0, Math.floor((Date.now() - Date.parse(element.dataset.age)) / 1000));
    element.textContent = `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
  }
}

// What is open stays open; what is marked stays marked.

function refill(old, fresh) {
  if (old.seen === fresh.outerHTML) return;
  old.seen = fresh.outerHTML;
  const open = $$("details", old).map((one) => one.open);
  old.replaceChildren(...fresh.childNodes);
  $$("details", old).forEach((one, index) => (one.open = open[index] ?? false));
}

function patch(fresh) {
  const atEnd = window.innerHeight + window.scrollY >= document.body.scrollHeight - 80;
  const list = $("[data-timeline]", story);
  let last = null;
  for (const moment of $$("[data-moment]", fresh)) {
    const old = document.getElementById(moment.id);
    if (old) {
      for (const mark of ["here", "playing"]) moment.classList.toggle(mark, old.classList.contains(mark));
      refill(old, moment);
      old.className = moment.className;
    }
    const here = old ?? moment;
    if (!old || (last ? last.nextElementSibling : list.firstElementChild) !== here) {
      if (last) last.after(here);
      else list.prepend(here);
    }
    last = here;
  }
  for (const one of $$(".moment:not([data-moment])", list)) one.remove();
  refill($("[data-side]", story), $("[data-side]", fresh));
  for (const name of ["live", "last"]) story.dataset[name] = fresh.dataset[name];
  localise(story);
  age();
  if (atEnd && !location.hash) window.scrollTo({ top: document.body.scrollHeight });
}

async function look() {
  const mine = ++asked;
  const answer = await fetch(`/console/calls/${encodeURIComponent(story.dataset.call)}/timeline`, {
    headers: { "X-By-Itself": "yes" },
  });
  if (!answer.ok || mine !== asked) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  patch($("[data-story]", page));
}

function live() {
  const id = encodeURIComponent(story.dataset.call);
  const news = new EventSource(`/api/v1/calls/${id}/events?after=${story.dataset.last}`);
  let waits = 0;
  const soon = () => {
    if (!waits) waits = setTimeout(() => ((waits = 0), look()), NEWS_MS);
  };
  const over = async () => {
    news.close();
    await look();
    $("[data-over]").hidden = false;
    setTimeout(look, RETRY_MS * 4); // the summary comes a moment later
  };
  news.onmessage = soon;
  for (const kind of story.dataset.kinds.split(" ")) {
    news.addEventListener(kind, kind === "CallEnded" ? over : soon);
  }
  news.onerror = () => soon();
}

goThere();
drawWaves();
setInterval(age, 1000);
age();
if (story?.dataset.live === "yes") live();
