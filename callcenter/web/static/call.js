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

async function drawWaves() {
  const address = $("script[data-waves]")?.dataset.waves;
  if (!address || !parts.length) return;
  const { default: WaveSurfer } = await import(address);
  const style = getComputedStyle(document.documentElement);
  for (const { part, sound } of parts) {
    WaveSurfer.create({
      container: $("[data-wave]", part),
      media: sound,
      height: 40,
      splitChannels: true,
      waveColor: style.getPropertyValue("--muted").trim() || "#888",
      progressColor: style.getPropertyValue("--accent").trim() || "#26c",
    });
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
    if (next) history.replaceState(null, "", `#e=${next.dataset.moment}`), goThere();
  } else if (event.key === "p" && parts.length) {
    const { sound } = parts.find((one) => !one.sound.paused) ?? parts[0];
    sound.paused ? sound.play() : sound.pause();
  }
});

// While it lives: told that something happened, the page asks what there is now.

let story = $("[data-story]");
let asked = 0;

function age() {
  for (const element of $$("[data-age]")) {
    const s = Math.max(0, Math.floor((Date.now() - Date.parse(element.dataset.age)) / 1000));
    element.textContent = `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
  }
}

function patch(fresh) {
  const atEnd = window.innerHeight + window.scrollY >= document.body.scrollHeight - 80;
  const list = $("[data-timeline]", story);
  const newList = $("[data-timeline]", fresh);
  let last = null;
  for (const moment of $$("[data-moment]", newList)) {
    const old = document.getElementById(moment.id);
    if (!old) (last ? last.after(moment) : list.prepend(moment)), (last = moment);
    else {
      if (old.dataset.seen !== moment.outerHTML) {
        const open = $$("details", old).map((one) => one.open);
        const html = moment.outerHTML;
        old.replaceChildren(...moment.childNodes);
        old.className = moment.className;
        $$("details", old).forEach((one, index) => (one.open = open[index] ?? false));
        old.dataset.seen = html;
      }
      last = old;
    }
  }
  $$(".moment:not([data-moment])", list).forEach((one) => one.remove());
  const newParts = [...fresh.children].filter((one) => one !== newList);
  const oldParts = [...story.children].filter((one) => one !== list);
  for (const one of oldParts) if (!one.querySelector("details[open]")) one.remove();
  const kept = [...story.children].filter((one) => one !== list);
  if (!kept.length) list.before(...newParts);
  Object.assign(story.dataset, fresh.dataset);
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
    setTimeout(look, RETRY_MS * 4); // the summary comes a moment later
  };
  news.onmessage = soon;
  for (const kind of $("[data-kinds]")?.dataset.kinds.split(" ") ?? []) {
    news.addEventListener(kind, kind === "CallEnded" ? over : soon);
  }
  news.onerror = () => soon();
}

goThere();
drawWaves();
setInterval(age, 1000);
age();
if (story?.dataset.live === "yes") live();
