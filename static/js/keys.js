// A button with data-key is pressed by that one key, where single keys do something at all (see shortcut.js) and nobody types.
import { isOn } from "./shortcut.js";

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat || !isOn()) return;
  if (event.target.closest("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open], :popover-open")) return;
  const button = [...document.querySelectorAll("[data-key]")].find(({ dataset }) => dataset.key === event.key);
  if (!button) return;
  event.preventDefault();
  button.click();
});
