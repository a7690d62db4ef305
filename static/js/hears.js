// What a page shows (data-hears) it asks for anew once it has changed: a connector, a change or a run at once, what shows many
// at most every ten seconds. The answer takes its place element by element, so that focus, scrolling and what is open stay. An
// open form is never touched; the page says that its connector has changed.
import { announce } from "./announce.js";
import { onItsWay } from "./busy.js";
import { guarded, touched } from "./guard.js";
import { hears } from "./stream.js";

const main = () => document.getElementById("main");
const all = () => [...document.querySelectorAll("[data-hears]")];
const same = (a, b) => Boolean(a) && a?.toLowerCase() === b?.toLowerCase();

// concerns says whether what was heard is about what the element shows.
function concerns({ dataset: { hears: of, hearsId: id } }, heard) {
  switch (of) {
    case "connector":
    case "form":
      return same(heard.connector, id);
    case "change":
    case "run":
      return same(heard[of], id);
  }
  return of === "any" || of === "menu";
}

const many = (element) => ["any", "menu"].includes(element.dataset.hears);

// A form is open while something is typed into it or may be: it has the focus, and more than buttons.
const typed = ({ type }) => !["hidden", "submit", "button"].includes(type);
function openForm() {
  if (guarded()) return true;
  return [...main().querySelectorAll("form[method=post]:not([data-picked])")].some((form) => {
    const controls = [...form.elements];
    return controls.some(touched) || (form.contains(document.activeElement) && controls.some(typed));
  });
}

// The change that the page's receipt tells.
const receipt = () => main().querySelector("[data-receipt]")?.dataset.change;

// Nothing moves under a press, a selection or a window on top.
let pressed = false;
addEventListener("pointerdown", () => (pressed = true), true);
for (const name of ["pointerup", "pointercancel"]) addEventListener(name, () => setTimeout(() => (pressed = false)), true);
const selects = () => !getSelection().isCollapsed && main().contains(getSelection().anchorNode);
const notNow = () => pressed || selects() || main().querySelector("dialog[open], :popover-open");

// changed says that the page is older than its connector, once.
function changed(address) {
  const note = document.getElementById("changed");
  note.querySelector("a").href = address;
  if (!note.hidden) return;
  note.hidden = false;
  announce(note.querySelector(".note-title").textContent);
}

document.addEventListener("htmx:after:settle", ({ detail: { task } }) => {
  if (task.target?.id === "main") document.getElementById("changed")?.setAttribute("hidden", "");
});

// ask asks for what the element shows, after all that was heard of it. It returns false to be called again soon.
function ask(element, heard) {
  const { hears: of, hearsAt } = element.dataset;
  if (of === "menu") return element.dispatchEvent(new Event("ask"));
  if ([...document.forms].some(onItsWay)) return false; // its answer may be newer than what was heard, or older
  if (heard.every((one) => same(one?.change, receipt()))) return true; // the page tells of just this
  const news = heard.some(Boolean);
  if (of === "form") return news && changed(hearsAt), true;
  if (openForm()) return news && !many(element) && changed(element.getAttribute("hx-get")), true;
  if (notNow()) return false;
  return element.dispatchEvent(new Event("ask"));
}

// Such a request prolongs no session (Switchboard-Passive), what the page has told its person stays while it is the latest, the
// receipt of what they saved stays with what is true of it now, and what is shown stays where it fails.
document.addEventListener("htmx:config:request", ({ target, detail: { ctx } }) => {
  if (!target.matches?.("[data-hears]")) return;
  ctx.request.headers["Switchboard-Passive"] = "true";
  const told = document.getElementById("told")?.dataset.entry;
  if (told) ctx.request.headers["Switchboard-Told"] = told;
  if (receipt()) ctx.request.headers["Switchboard-Receipt"] = receipt();
});
document.addEventListener("htmx:response:error", ({ target, detail: { ctx } }) => {
  if (target.matches?.("[data-hears]")) ctx.swap = "none";
});

// While an answer is on its way its page may give way to another, or a form be opened on it: neither is touched.
document.addEventListener("htmx:before:response", (event) => {
  const { sourceElement: source, target, request } = event.detail.ctx;
  if (!request.headers["Switchboard-Passive"] || !["main", "results"].includes(target?.id)) return;
  const gone = !source.isConnected || source.getAttribute("hx-get") !== request.action;
  if (!gone && !openForm()) return;
  event.preventDefault();
  if (!gone && !many(source)) changed(request.action);
});

// soon asks at once, but no more often than the pause lets: once for all that was heard meanwhile.
const pauses = { many: 10000, one: 1000, again: 1000 };
const times = new Map(); // by what is asked for: when it was asked last, what was heard since, and the timer of the next time

function soon(element, heard) {
  const key = `${element.dataset.hears} ${element.dataset.hearsId ?? ""}`;
  const known = times.get(key) ?? { at: -Infinity, heard: [] };
  times.set(key, known);
  known.heard.push(heard);
  clearTimeout(known.timer);
  const pause = many(element) ? pauses.many + Math.random() * 1000 : pauses.one;
  const go = () => {
    const now = all().find((other) => other.dataset.hears === element.dataset.hears && other.dataset.hearsId === element.dataset.hearsId);
    const seen = now && !document.hidden;
    if (seen && !ask(now, known.heard)) return (known.timer = setTimeout(go, pauses.again));
    if (seen) known.at = performance.now();
    known.heard = [];
  };
  const wait = known.at + pause - performance.now();
  if (wait > 0) known.timer = setTimeout(go, wait);
  else go();
}

document.addEventListener("heard", ({ detail }) => {
  const about = all().filter((element) => concerns(element, detail));
  const page = about.filter((element) => element.dataset.hears !== "menu");
  const change = page.filter((element) => element.dataset.hears === "change"); // it shows its page anew when it is settled
  const chosen = change.length ? change : page;
  // An answer brings the menu with it.
  for (const element of chosen.length && !chosen.every((one) => one.dataset.hears === "form") ? chosen : about) soon(element, detail);
});

// Something may not have been heard: all that is shown is asked for once.
document.addEventListener("missed", () => {
  const shown = all().filter((element) => !["menu", "form"].includes(element.dataset.hears));
  for (const element of shown.length ? shown : all()) soon(element);
});

// What asks every few seconds does not on a hidden page, and need not as often on one that is told of what changes.
const seldom = 6;
const asked = new WeakMap();
document.addEventListener(
  "htmx:before:request",
  (event) => {
    const { sourceElement, sourceEvent } = event.detail.ctx;
    if (sourceEvent?.type !== "every") return;
    if (document.hidden) return event.preventDefault();
    if (!sourceElement.matches("[hx-trigger^='every 5s']") || !hears()) return;
    const times = (asked.get(sourceElement) ?? 0) + 1;
    asked.set(sourceElement, times);
    if (times % seldom) event.preventDefault();
  },
  true,
);

// It asks once when the page is shown, as all that is shown does which hears: "missed".
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  for (const element of document.querySelectorAll("[hx-trigger^='every']:not([data-hears])")) element.dispatchEvent(new Event("every"));
});
