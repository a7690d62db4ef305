// "/" goes to the field that finds (data-find), unless the person has turned that off (data-shortcut, kept in this browser):
// who dictates, or rests a hand on the keys, must be able to.
const key = "shortcut";

function isOn() {
  try {
    return localStorage.getItem(key) !== "off";
  } catch {
    return true; // the browser allows no storage
  }
}

function show() {
  const field = document.querySelector("[data-find]");
  document.documentElement.classList.toggle("no-shortcut", !isOn());
  if (isOn()) field?.setAttribute("aria-keyshortcuts", "/");
  else field?.removeAttribute("aria-keyshortcuts");
  for (const choice of document.querySelectorAll("[data-shortcut]")) choice.checked = isOn();
}

document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-shortcut]")) return;
  try {
    localStorage.setItem(key, target.checked ? "on" : "off");
  } catch {
    // the browser allows no storage
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
