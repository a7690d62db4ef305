// What a page needs only once somebody does something on it, or something has changed, lies in its head until then (data-later): htmx,
// and the style sheets and scripts of the other pages, which may be brought into it. What is done meanwhile waits for them, and
// is done without them where they do not come.
import { plain } from "./clicks.js";

let coming; // all of it
let here = false;
const longest = 5000; // who has pressed waits no longer
const waiting = []; // what to do again, in the order in which it was done

function fetchAll() {
  const parts = [...document.querySelector("template[data-later]").content.querySelectorAll("link, script")];
  const all = parts.map((part) => new Promise((done) => (part.onload = part.onerror = done)));
  document.head.append(...parts);
  return Promise.all(all);
}

// later has what the page lacks come, once.
export function later() {
  if (coming) return;
  coming = Promise.race([fetchAll(), new Promise((done) => setTimeout(done, longest))]);
  coming.then(() => setTimeout(doAgain)); // after htmx has looked at the page
}

function doAgain() {
  here = true;
  for (const { target, again } of waiting.splice(0)) if (target.isConnected) again();
}

// once does it when all has come.
export function once(again) {
  if (here) return again();
  waiting.push({ target: document, again });
  later();
}

// What is brought into the page waits for all that it may need.
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  const ask = ctx.fetch;
  ctx.fetch = async (...request) => {
    const answer = await ask(...request);
    await coming;
    return answer;
  };
});

// The page as it came has been seen to by each script for itself.
addEventListener("htmx:after:process", (event) => event.stopImmediatePropagation(), { capture: true, once: true });

// Somebody is about to do something.
const interactive = "a, button, input, select, textarea, summary, label";
addEventListener("pointerover", ({ target }) => target.closest?.(interactive) && later(), true);
for (const type of ["pointerdown", "keydown", "focusin"]) addEventListener(type, later, true);

// A press on what a script that is on its way answers is done anew when it has come.
const boosted = ":is([hx-boost], [hx-boost\\:inherited] *)";
const answered = {
  click: `a${boosted}, button[hx-get], [data-copy], [data-copy-from], [data-copy-here]`,
  submit: `form:is([hx-get], [hx-post], ${boosted})`,
};

for (const type of ["click", "submit"]) {
  addEventListener(type, (event) => {
    const target = !here && event.target.closest(answered[type]);
    if (!target || (type === "click" && !plain(event))) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const again = () => (type === "click" ? target.click() : target.requestSubmit(event.submitter));
    if (!waiting.some((one) => one.target === target && one.type === type)) waiting.push({ target, type, again });
    later();
  }, true);
}

// So are the keys by which who types goes through the suggestions, see find.js.
addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (here || event.isComposing || !target.matches?.("[data-find]") || !["ArrowDown", "ArrowUp", "Enter"].includes(key)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const again = () => target.dispatchEvent(new KeyboardEvent("keydown", event)) && key === "Enter" && target.form.requestSubmit();
  waiting.push({ target, again });
  later();
}, true);

// Of what else htmx listens to it is told, and nobody else is twice.
const told = new WeakSet();
for (const type of ["input", "change", "recount"]) {
  addEventListener(type, ({ target, bubbles }) => {
    if (here) return;
    const again = () => {
      const event = new Event(type, { bubbles });
      told.add(event);
      target.dispatchEvent(event);
    };
    const at = waiting.findIndex((one) => one.target === target && one.type === type);
    if (at >= 0) waiting.splice(at, 1);
    waiting.push({ target, type, again });
    later();
  }, true);
  document.documentElement.addEventListener(type, (event) => told.has(event) && event.stopPropagation());
}

// An earlier page that was brought into this document is loaded whole.
const came = location.pathname + location.search;
addEventListener("popstate", () => !here && location.pathname + location.search !== came && location.reload());

// What asks by itself needs htmx from the first.
if (document.querySelector("[hx-trigger^=load], [hx-trigger^=every]")) later();
