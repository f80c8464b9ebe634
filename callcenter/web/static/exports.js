// A file of calls, with its progress: how far it is, and a way to stop it.
// Without this script, the links simply download.

import { toast } from "./console.js";

async function take(link) {
  const box = link.closest("[data-exports]");
  const stop = new AbortController();
  const bar = document.createElement("progress");
  const words = document.createElement("span");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Stop";
  button.addEventListener("click", () => stop.abort());
  words.setAttribute("role", "status");
  box.append(bar, words, button);
  try {
    const answer = await fetch(link.href, { signal: stop.signal });
    if (!answer.ok) throw new Error(`It was refused (${answer.status}).`);
    const total = Number(answer.headers.get("X-Total-Calls")) || 0;
    const heading = link.pathname.endsWith(".csv") ? 1 : 0;
    bar.max = Math.max(total, 1);
    const pieces = [];
    let lines = -heading;
    for (const reader = answer.body.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      pieces.push(value);
      for (const byte of value) if (byte === 10) lines += 1;
      bar.value = Math.min(lines, total);
      words.textContent = `${Math.max(0, Math.min(lines, total))} of ${total}`;
    }
    const file = document.createElement("a");
    file.href = URL.createObjectURL(new Blob(pieces));
    file.download = link.pathname.split("/").at(-1);
    file.click();
    setTimeout(() => URL.revokeObjectURL(file.href), 60_000);
    toast(`${total} calls were written.`);
  } catch (error) {
    toast(error.name === "AbortError" ? "Stopped: nothing was written." : error.message, "warn");
  } finally {
    for (const one of [bar, words, button]) one.remove();
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-exports] a[download]");
  if (!link) return;
  event.preventDefault();
  take(link);
});
