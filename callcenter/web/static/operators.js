// Who may be rung, while it changes: asked for every two seconds, and patched as text.

const EVERY_MS = 2000;
let skewMs = 0;

const set = (element, text) => {
  if (element && element.textContent !== text) element.textContent = text;
};

function span(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  const two = (n) => String(n).padStart(2, "0");
  if (s < 3600) return `${Math.floor(s / 60)}:${two(s % 60)}`;
  if (s < 172800) return `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)} h`;
  return `${Math.floor(s / 86400)} days`;
}

function tick() {
  const now = Date.now() + skewMs;
  for (const cell of document.querySelectorAll("[data-since]")) {
    const { since, until } = cell.dataset;
    const left = until ? `, ${span(Date.parse(until) - now)} left` : "";
    const short = until && Date.parse(until) - now < 600000 ? left : "";
    set(cell, since ? `${span(now - Date.parse(since))}${short}` : "–");
    if (since) cell.title = `since ${new Date(since).toLocaleString()}${until ? `, until ${new Date(until).toLocaleTimeString()} at most` : ""}`;
  }
}

function show(root, one) {
  const state = root.querySelector("[data-state]");
  set(state, one.state);
  state.className = `state op-${one.state.replace(" ", "-")}`;
  set(root.querySelector("[data-why]"), one.why);
  const cell = root.querySelector("[data-since]");
  cell.dataset.since = one.since;
  cell.dataset.until = one.until;
  const button = root.querySelector("[data-presence-button]");
  if (button && document.activeElement !== button) {
    root.querySelector("[data-presence]").value = one.away ? "available" : "away";
    set(button, one.away ? "Back" : "Away");
  }
}

function told(text, tone) {
  const element = document.querySelector("[data-live-state]");
  set(element, text);
  element.dataset.tone = tone;
}

async function look() {
  if (document.hidden) return;
  const answer = await fetch("/console/operators.json", { headers: { "X-By-Itself": "1" } }).catch(() => null);
  if (answer && answer.status === 401) location.assign(`/console/login?next=${encodeURIComponent(location.pathname)}`);
  if (!answer || !answer.ok) return told("Not connected: what you see may be old", "bad");
  const { now, operators } = await answer.json();
  skewMs = Date.parse(now) - Date.now();
  for (const one of operators) {
    const root = document.querySelector(`[data-operator="${CSS.escape(one.name)}"]`);
    if (root) show(root, one);
  }
  const table = document.querySelector("[data-operators-table]");
  const fresh = table && operators.length !== table.tBodies[0].rows.length;
  told(fresh ? "The list has changed: reload the page" : "Live", fresh ? "" : "good");
  tick();
}

setInterval(tick, 1000);
setInterval(look, EVERY_MS);
tick();
look();
