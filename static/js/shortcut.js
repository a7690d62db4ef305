// "/" and Ctrl+K (find.js) go to the field that finds (data-find), unless the person has turned single keys off (data-shortcut, kept
// in this browser): who dictates, or rests a hand on the keys, must be able to.
const key = "shortcut";
let kept = "on"; // for this page, where the browser allows no storage

// isOn says whether single keys do something.
export function isOn() {
  try {
    kept = localStorage.getItem(key) ?? "on";
  } catch {
    // kept goes
  }
  return kept !== "off";
}

function show() {
  const field = document.querySelector("[data-find]");
  document.documentElement.classList.toggle("no-shortcut", !isOn());
  if (isOn()) field?.setAttribute("aria-keyshortcuts", "/ Control+K");
  else field?.removeAttribute("aria-keyshortcuts");
  for (const choice of document.querySelectorAll("[data-shortcut]")) choice.checked = isOn();
}

document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-shortcut]")) return;
  kept = target.checked ? "on" : "off";
  try {
    localStorage.setItem(key, kept);
  } catch {
    // kept goes
  }
  show();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !isOn()) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const field = document.querySelector("[data-find]");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
});

addEventListener("storage", show); // another tab has changed it
show();
