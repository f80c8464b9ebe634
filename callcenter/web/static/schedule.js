// The schedule: weeks by key, and addresses that are chosen whole.

let afterG = 0;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select")) return;
  if (event.key === "g") afterG = Date.now(); // g and a letter goes to another page
  else if (Date.now() - afterG > 1500) {
    const link = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (link) location.assign(link.href);
  }
});

for (const address of document.querySelectorAll("[data-copy]")) {
  address.addEventListener("focus", () => address.select());
}
