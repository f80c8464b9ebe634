// What every page has: theme, keyboard, times in the reader's zone, tables that sort.

const THEMES = ["", "light", "dark"]; // "": as the system has it
const YEAR_S = 31536000;

function theme() {
  return document.documentElement.dataset.theme || "";
}

function setTheme(name) {
  document.documentElement.dataset.theme = name;
  document.cookie = `callcenter_theme=${name}; path=/console; max-age=${YEAR_S}; samesite=lax`;
  toast(`Theme: ${name || "as the system"}`);
}

export function toast(text, tone = "") {
  const box = document.querySelector("[data-toasts]");
  const told = document.createElement("p");
  told.textContent = text;
  told.dataset.tone = tone;
  box.append(told);
  setTimeout(() => told.remove(), 4000);
}

// Requests that change something carry the token of this page.

export function csrf() {
  return document.querySelector('meta[name="csrf"]').content;
}

document.addEventListener("htmx:config:request", (event) => {
  const request = event.detail.ctx.request;
  if (request.method !== "GET") request.headers["X-CSRF-Token"] = csrf();
});

export async function send(path, fields = {}) {
  return fetch(path, {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { "X-CSRF-Token": csrf() },
  });
}

// Times: <time datetime="…"> as the reader's clock has them; the ISO form on hover.

const sameDay = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const otherDay = new Intl.DateTimeFormat(undefined, {
  year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit",
});

export function localise(root = document) {
  for (const element of root.querySelectorAll("time[datetime]:not([data-local])")) {
    const at = new Date(element.dateTime);
    if (Number.isNaN(at.valueOf())) continue;
    const near = at.toDateString() === new Date().toDateString();
    element.textContent = (near ? sameDay : otherDay).format(at);
    element.title = element.dateTime;
    element.dataset.local = "";
  }
}

// <table class="sortable" data-sortable>: headers with a button sort by their column;
// a cell may say what counts with data-value.

function value(row, column) {
  const cell = row.cells[column];
  const said = cell.dataset.value ?? cell.querySelector("time")?.dateTime ?? cell.textContent.trim();
  const number = Number(said);
  return said !== "" && !Number.isNaN(number) ? number : said.toLowerCase();
}

for (const head of document.querySelectorAll("table[data-sortable] thead th")) {
  if (!head.textContent.trim() || head.querySelector("button")) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.append(...head.childNodes);
  head.append(button);
}

function sort(head) {
  const table = head.closest("table");
  const down = head.getAttribute("aria-sort") === "ascending";
  for (const other of table.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const rows = [...table.tBodies[0].rows].map((row) => [value(row, head.cellIndex), row]);
  rows.sort(([x], [y]) => (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1));
  table.tBodies[0].append(...rows.map(([, row]) => row));
}

document.addEventListener("click", (event) => {
  const target = event.target;
  const head = target.closest("table[data-sortable] th button")?.closest("th");
  if (head) sort(head);
  else if (target.closest("[data-theme-switch]")) {
    setTheme(THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length]);
  } else if (target.closest("[data-shortcuts]")) {
    shortcuts();
  } else if (target.closest("[data-menu]")) {
    const button = target.closest("[data-menu]");
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
    document.querySelector("#navigation").classList.toggle("open", open);
  }
});

// A form that asks before it does something: <form data-ask="Really?">.

document.addEventListener("submit", (event) => {
  const question = event.target.dataset.ask;
  if (question && !confirm(question)) event.preventDefault();
});

// Keyboard.

function shortcuts() {
  const dialog = document.querySelector("[data-shortcuts-dialog]");
  if (dialog.open) dialog.close();
  else dialog.showModal();
}

let waitsForPlace = 0;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  if (event.key === "?") {
    event.preventDefault();
    shortcuts();
  } else if (event.key === "/") {
    const search = document.querySelector("[data-search]");
    if (search) {
      event.preventDefault();
      search.focus();
    }
  } else if (event.key === "g") {
    waitsForPlace = Date.now();
  } else if (Date.now() - waitsForPlace < 1500) {
    waitsForPlace = 0;
    const link = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
    if (link) location.assign(link.href);
  }
});

// Whoever moves is there: the session goes on, though the page asks for nothing.

const THERE_MS = 300000;
let saidThere = Date.now();

for (const kind of ["pointermove", "keydown", "wheel", "touchstart"]) {
  document.addEventListener(kind, () => {
    if (!csrf() || Date.now() - saidThere < THERE_MS) return;
    saidThere = Date.now();
    fetch("/console", { method: "HEAD" }).catch(() => {});
  }, { passive: true });
}

localise();
new MutationObserver(() => localise()).observe(document.body, { childList: true, subtree: true });
