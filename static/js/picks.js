// Ticks of the list (pick.ID) survive filtering, sorting and paging: they are kept in this tab, for the person who set them, and
// go with the form that does something with them, from whichever page each was ticked on. Without script a form has the ticks of
// its own page.
import { announce } from "./announce.js";

const key = "picked";
const person = () => document.body.dataset.person;
const number = new Intl.NumberFormat("en");
let picked = read();

function read() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(key));
    return new Set(kept?.person === person() ? kept.ids : []);
  } catch {
    return new Set(); // the browser allows no storage: ticks hold as long as the page
  }
}

function keep() {
  try {
    if (picked.size) sessionStorage.setItem(key, JSON.stringify({ person: person(), ids: [...picked] }));
    else sessionStorage.removeItem(key);
  } catch {
    // picked goes
  }
  draw();
}

const ticks = () => [...document.querySelectorAll("[name^='pick.']")];
const idOf = (tick) => tick.name.slice("pick.".length);

function draw() {
  const bar = document.querySelector("[data-picked]");
  if (!bar) return;
  const here = ticks();
  for (const tick of here) tick.checked = picked.has(idOf(tick));
  bar.hidden = picked.size === 0;
  bar.toggleAttribute("data-some", picked.size > 0);
  bar.querySelector("[data-picked-count]").textContent = `${number.format(picked.size)} selected`;
  const ticked = here.filter((tick) => tick.checked).length;
  const page = document.querySelector("[data-pick-page]");
  if (page) {
    page.checked = ticked > 0 && ticked === here.length;
    page.indeterminate = ticked > 0 && ticked < here.length;
    page.disabled = here.length === 0;
  }
  const every = document.querySelector("[data-pick-every]");
  if (every) every.hidden = picked.size === 0 || picked.size >= Number(every.dataset.pickEvery);
}

function set(tick, on) {
  if (on) picked.add(idOf(tick));
  else picked.delete(idOf(tick));
}

// With the shift key all rows from the one ticked last to this one follow it.
let last;
document.addEventListener("click", (event) => {
  const tick = event.target.closest?.("[name^='pick.']");
  if (!tick) return;
  const here = ticks();
  const from = here.indexOf(last);
  const to = here.indexOf(tick);
  const range = event.shiftKey && from >= 0 ? here.slice(Math.min(from, to), Math.max(from, to) + 1) : [tick];
  for (const one of range) set(one, tick.checked);
  last = tick;
  keep();
});

document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-pick-page]")) return;
  for (const tick of ticks()) set(tick, target.checked);
  keep();
  announce(`${number.format(picked.size)} selected`);
});

document.addEventListener("click", ({ target }) => {
  if (!target.closest?.("[data-picked-clear]")) return;
  picked.clear();
  keep();
  announce("Nothing is selected");
  (document.querySelector("[data-pick-page]") ?? document.getElementById("main")).focus();
});

// Enter in a tick would send its form.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("[name^='pick.']")) event.preventDefault();
});

// What matches on all pages has come.
function takeAll() {
  const all = document.querySelector("[data-matching]");
  if (!all) return;
  for (const id of JSON.parse(all.dataset.matching)) picked.add(id);
  all.removeAttribute("data-matching");
  keep();
  announce(`${number.format(picked.size)} selected`);
  document.querySelector("[data-picked] button")?.focus();
}

document.addEventListener("htmx:after:swap", () => {
  takeAll();
  draw();
});

document.addEventListener("formdata", ({ target, formData }) => {
  if (!target.matches("[data-picked]")) return;
  for (const tick of ticks()) formData.delete(tick.name);
  formData.set("picks", JSON.stringify([...picked])); // one field, since a form may have thousands
});

// A run that began with these ticks has used them; seen again, it takes none that were set since.
function use() {
  const run = document.querySelector("[data-picks-used]")?.dataset.picksUsed;
  if (!run) return;
  try {
    if (sessionStorage.getItem("picks-used") === run) return;
    sessionStorage.setItem("picks-used", run);
  } catch {
    return; // no storage: there are no ticks of another page either
  }
  picked.clear();
  keep();
}

addEventListener("pageshow", () => {
  picked = read(); // another page of this tab may have changed it
  draw();
});
draw();
use();
