// "/" goes to the field that finds (data-find). This key and all other shortcuts are off where the person has turned them off
// (data-shortcut, kept in this browser): who dictates, or rests a hand on the keys, must be able to.
const key = "shortcut";
let kept = "on"; // for this page, where the browser allows no storage

// isOn says whether shortcuts do anything.
export function isOn() {
  try {
    kept = localStorage.getItem(key) ?? "on";
  } catch {
    // kept goes
  }
  return kept !== "off";
}

// typing says whether a key pressed there is a letter of a text.
export const typing = (target) => Boolean(target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]"));

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
  if (typing(event.target)) return;
  const field = document.querySelector("[data-find]");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
});

addEventListener("storage", show); // another tab has changed it
show();
