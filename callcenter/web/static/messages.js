// Messages: why a sound cannot be heard, and the keys j, k, d and p.

const messages = [...document.querySelectorAll("[data-message]")];

// Media events do not bubble: they are caught on their way down.

document.addEventListener("error", async (event) => {
  const sound = event.target;
  if (!sound.matches?.("[data-sound]")) return;
  const why = sound.parentElement.querySelector("[data-why]");
  why.textContent = "The sound cannot be fetched.";
  why.hidden = false;
  try {
    const answer = await fetch(sound.src);
    if (!answer.ok && answer.headers.get("Content-Type")?.startsWith("text/plain")) {
      why.textContent = await answer.text();
    }
  } catch {
    why.textContent = "The server cannot be reached.";
  }
}, true);

document.addEventListener("play", (event) => {
  for (const other of document.querySelectorAll("[data-sound]")) {
    if (other !== event.target) other.pause();
  }
}, true);

for (const select of document.querySelectorAll("[data-at-once]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}

function step(by) {
  const here = messages.indexOf(document.activeElement.closest("[data-message]"));
  const next = messages[Math.min(Math.max(here + by, 0), messages.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select")) return;
  const message = document.activeElement.closest("[data-message]");
  if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "d") message?.querySelector("[data-done]")?.click();
  else if (event.key === "p") {
    const sound = message?.querySelector("[data-sound]");
    if (sound?.paused) sound.play().catch(() => {});
    else sound?.pause();
  }
});
