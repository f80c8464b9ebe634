// The wallboard: one stream, and only what is different is touched.
// Whatever callers said reaches the page as text (textContent), never as markup.

const MOST_ROWS = 300; // what a screen and a person can take
const RETRY_MS = 2000;

const $ = (selector, root = document) => root.querySelector(selector);
const body = $("[data-calls] tbody");
const calls = new Map(); // id → {data, row, cells}
let skewMs = 0; // the server's clock minus ours
let order = { key: "", down: false };
let reordering = false;

const now = () => Date.now() + skewMs;

function set(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function age(iso) {
  if (!iso) return "–";
  const s = Math.max(0, Math.floor((now() - Date.parse(iso)) / 1000));
  const m = Math.floor(s / 60);
  const two = (n) => String(n).padStart(2, "0");
  return m < 60 ? `${m}:${two(s % 60)}` : `${Math.floor(m / 60)}:${two(m % 60)}:${two(s % 60)}`;
}

function makeRow(id) {
  const row = document.createElement("tr");
  row.dataset.call = id;
  const cells = {};
  for (const name of ["caller", "state", "who", "age", "silence", "words", "cost"]) {
    const cell = document.createElement(name === "caller" ? "th" : "td");
    if (name === "caller") cell.scope = "row";
    if (["age", "silence", "cost"].includes(name)) cell.className = "num";
    row.append(cell);
    cells[name] = cell;
  }
  const link = document.createElement("a");
  link.href = `/console/calls/${encodeURIComponent(id)}`;
  cells.caller.append(link);
  cells.caller = link;
  const tag = document.createElement("span");
  cells.state.append(tag);
  cells.state = tag;
  cells.words.className = "words";
  const who = document.createElement("span");
  who.className = "speaker";
  const said = document.createElement("span");
  cells.words.append(who, said);
  cells.speaker = who;
  cells.said = said;
  return { row, cells };
}

function showCall(data) {
  let call = calls.get(data.id);
  if (!call) {
    call = makeRow(data.id);
    calls.set(data.id, call);
  }
  call.data = data;
  const { cells } = call;
  set(cells.caller, data.caller);
  set(cells.state, data.state);
  cells.state.className = `state ${data.phase}${data.waits ? " waits" : ""}`;
  cells.state.title = data.why ? `Why: ${data.why}` : "";
  set(cells.who, data.who || "–");
  set(cells.speaker, data.speaker ? `${data.speaker}: ` : "");
  set(cells.said, data.words);
  cells.said.title = data.words;
  set(cells.cost, data.cost);
  tick(call);
}

function tick(call) {
  const { data, cells } = call;
  set(cells.age, age(data.began));
  set(cells.silence, data.phase === "talking" ? age(data.words_at || data.began) : "–");
}

function compare(a, b) {
  const [x, y] = [a.data, b.data];
  if (!order.key) {
    // Whoever waits for a person comes first, then the oldest call.
    if (x.waits !== y.waits) return x.waits ? -1 : 1;
    if (x.waits && x.needed !== y.needed) return x.needed < y.needed ? -1 : 1;
    return x.began < y.began ? -1 : x.began > y.began ? 1 : 0;
  }
  const number = order.key === "cost";
  const p = number ? parseFloat(x.cost.slice(1)) : x[order.key];
  const q = number ? parseFloat(y.cost.slice(1)) : y[order.key];
  const sign = order.down ? -1 : 1;
  return p < q ? -sign : p > q ? sign : 0;
}

function reorder() {
  reordering = false;
  const sorted = [...calls.values()].sort(compare).slice(0, MOST_ROWS);
  const wanted = new Set(sorted.map((call) => call.row));
  for (const row of [...body.children]) if (!wanted.has(row)) row.remove();
  sorted.forEach((call, place) => {
    const there = body.children[place];
    if (there !== call.row) body.insertBefore(call.row, there || null);
  });
  const more = calls.size > MOST_ROWS ? ` (the first ${MOST_ROWS} are shown)` : "";
  set($("[data-count]"), `${calls.size}${more}`);
  $("[data-no-calls]").hidden = calls.size > 0;
  $("[data-calls]").hidden = calls.size === 0;
}

function orderSoon() {
  if (!reordering) {
    reordering = true;
    requestAnimationFrame(reorder);
  }
}

function showCard(key, card) {
  const element = $(`[data-card="${key}"]`);
  if (!element) return;
  set($("[data-value]", element), card.value);
  const sub = $("[data-sub]", element);
  sub.dataset.since = card.since || "";
  set(sub, card.since ? `longest ${age(card.since)}` : card.sub || "\u00a0");
  element.dataset.tone = card.tone;
}

function showOperators(listed) {
  const list = $("[data-operators]");
  list.replaceChildren(
    ...listed.map((one) => {
      const item = document.createElement("li");
      const name = document.createElement("span");
      name.textContent = one.name;
      name.title = one.skills;
      const state = document.createElement("span");
      state.className = `state op-${one.state.replace(" ", "-")}`;
      state.textContent = one.state;
      state.title = one.why;
      const since = document.createElement("span");
      since.className = "num hint";
      since.dataset.since = one.since;
      since.textContent = one.since ? age(one.since) : "";
      item.append(name, state, since);
      return item;
    }),
  );
  $("[data-no-operators]").hidden = listed.length > 0;
}

function showOutcomes(outcomes) {
  const list = $("[data-outcomes]");
  const entries = Object.entries(outcomes).sort((a, b) => b[1] - a[1]);
  const most = Math.max(1, ...entries.map((entry) => entry[1]));
  list.replaceChildren(
    ...entries.map(([name, count]) => {
      const line = document.createElement("div");
      const term = document.createElement("dt");
      term.textContent = name.replaceAll("_", " ");
      const value = document.createElement("dd");
      const bar = document.createElement("meter");
      bar.max = most;
      bar.value = count;
      bar.setAttribute("aria-hidden", "true");
      const text = document.createElement("span");
      text.textContent = count;
      value.append(bar, text);
      line.append(term, value);
      return line;
    }),
  );
  $("[data-no-outcomes]").hidden = entries.length > 0;
}

function take(changes) {
  if (changes.now) skewMs = Date.parse(changes.now) - Date.now();
  for (const data of changes.calls || []) showCall(data);
  for (const id of changes.gone || []) calls.delete(id);
  if (changes.calls || changes.gone) orderSoon();
  for (const [key, card] of Object.entries(changes.cards || {})) showCard(key, card);
  if (changes.operators) showOperators(changes.operators);
  if (changes.outcomes) showOutcomes(changes.outcomes);
  if (changes.problem !== undefined) {
    const told = $("[data-problem]");
    told.hidden = !changes.problem;
    set(told, changes.problem);
  }
}

function state(text, tone) {
  const element = $("[data-live-state]");
  set(element, text);
  element.dataset.tone = tone;
}

function connect() {
  const stream = new EventSource("/console/board/stream");
  let fresh = true;
  stream.addEventListener("open", () => {
    fresh = true;
    state("Live", "good");
  });
  stream.addEventListener("board", (event) => {
    const changes = JSON.parse(event.data);
    if (fresh) {
      // A new stream begins with everything: what it does not name is over.
      fresh = false;
      const named = new Set((changes.calls || []).map((one) => one.id));
      for (const id of [...calls.keys()]) if (!named.has(id)) calls.delete(id);
      orderSoon();
    }
    take(changes);
  });
  stream.addEventListener("over", () => {
    stream.close();
    location.assign("/console/login?next=/console");
  });
  stream.addEventListener("error", () => {
    state("Not connected: what you see may be old", "bad");
    if (stream.readyState === EventSource.CLOSED) {
      setTimeout(async () => {
        const answer = await fetch("/console", { method: "HEAD", headers: { "X-By-Itself": "1" } }).catch(() => null);
        if (answer && answer.redirected) location.assign("/console/login?next=/console");
        else connect();
      }, RETRY_MS);
    }
  });
  addEventListener("pagehide", () => stream.close());
}

for (const head of document.querySelectorAll("[data-calls] th[data-sort]")) {
  head.querySelector("button").addEventListener("click", () => {
    const key = head.dataset.sort;
    if (order.key !== key) order = { key, down: false };
    else if (!order.down) order.down = true;
    else order = { key: "", down: false };
    for (const other of document.querySelectorAll("[data-calls] th[data-sort]")) {
      other.removeAttribute("aria-sort");
    }
    if (order.key) head.setAttribute("aria-sort", order.down ? "descending" : "ascending");
    orderSoon();
  });
}

setInterval(() => {
  if (document.hidden) return;
  for (const call of calls.values()) tick(call);
  for (const sub of document.querySelectorAll("[data-since]")) {
    if (!sub.dataset.since) continue;
    const longest = sub.hasAttribute("data-sub") ? "longest " : "";
    set(sub, `${longest}${age(sub.dataset.since)}`);
  }
}, 1000);

reorder();
connect();
