// "/" and Ctrl+K go to the field that finds (data-find), "?" opens the list of keys (data-keys). This key and all other shortcuts are off where the person has turned them off
// (data-shortcut, kept in this browser): who dictates, or rests a hand on the keys, must be able to.
import { once } from "./later.js";

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
  if (field && !field.role) Object.assign(field, { role: "combobox", ariaAutoComplete: "list", ariaExpanded: "false" }); // see find.js
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

// elsewhere says whether a key pressed there is for a window on top of the page, other than the list of keys.
export const elsewhere = (target) => Boolean(target.closest("dialog, [popover]:not([data-keys])"));

function find(event, field) {
  event.preventDefault();
  field.focus();
  field.select();
}

document.addEventListener("keydown", (event) => {
  const list = document.querySelector("[data-keys]");
  if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !list || !isOn()) return;
  if (typing(event.target) || elsewhere(event.target)) return;
  event.preventDefault();
  once(() => list.togglePopover()); // see asides.js
});

document.addEventListener("keydown", (event) => {
  const field = document.querySelector("[data-find]");
  if (event.altKey || event.isComposing || !field || !isOn()) return;
  const control = event.ctrlKey || event.metaKey;
  if (event.key === "/" && !control && !typing(event.target)) find(event, field);
  // Ctrl+K, from anywhere but behind a question that has to be answered first.
  if (!control || event.shiftKey || (event.key.toLowerCase() !== "k" && event.code !== "KeyK") || document.querySelector("dialog:modal")) return;
  document.querySelector(":popover-open")?.hidePopover();
  find(event, field);
});

addEventListener("storage", show); // another tab has changed it
document.addEventListener("htmx:after:settle", show);
show();
