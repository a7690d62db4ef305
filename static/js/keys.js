// Shortcuts of lists and of buttons, for who works without a mouse. Each does what a control on the page does, none works while
// something is typed, and all are off with the switch of shortcut.js. A button with data-key is pressed by that key.
import { elsewhere, isOn, typing } from "./shortcut.js";

const rows = () => [...document.querySelectorAll("table.list tbody tr[data-row]")];
const current = () => document.activeElement?.closest("table.list tbody tr[data-row]");
const place = (row) => row.querySelector("th a") ?? row.querySelector("a, button, input");

// step goes to the next row that something can be done with, or to the first.
function step(by) {
  const all = rows().filter(place);
  const at = all.indexOf(current());
  const to = at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1);
  if (!all.length) return false;
  place(all[to]).focus();
  all[to].scrollIntoView({ block: "nearest" });
  return true;
}

function press(selector) {
  const control = current()?.querySelector(selector);
  control?.click();
  return Boolean(control);
}

function pressButton(key) {
  const button = [...document.querySelectorAll("[data-key]")].find(({ dataset }) => dataset.key === key);
  button?.click();
  return Boolean(button);
}

const inRow = (does) => () => Boolean(current()) && does();

const does = {
  __proto__: null,
  j: () => step(1),
  k: () => step(-1),
  ArrowDown: inRow(() => step(1)),
  ArrowUp: inRow(() => step(-1)),
  Enter: inRow(() => document.activeElement.matches("input") && press("th a")),
  e: () => press("[data-edit]"),
  x: () => press("[name^='pick.']"),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented || !isOn()) return;
  if (typing(event.target) || elsewhere(event.target)) return;
  if (does[event.key]?.() || !event.repeat && pressButton(event.key)) event.preventDefault();
});
