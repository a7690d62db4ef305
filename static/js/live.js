// The list of changes beside the edit form is the server's: htmx asks for it after a pause in the typing (data-live). What
// is here keeps those requests out of the way of the form itself, and of who types.
import { announce } from "./announce.js";
import { isForeign, onItsWay } from "./busy.js";

const isLive = (element) => element.matches?.("[data-live]");
const liveIn = (form) => form.querySelector("[data-live]");
const abort = (live) => live.dispatchEvent(new Event("htmx:abort"));

// recount asks for the list at once, where a script has filled in a field.
export const recount = (form) => liveIn(form)?.dispatchEvent(new Event("recount"));

// The list that is shown is older than what was typed: the next pause, or the form itself, asks again.
function late(live) {
  const note = live.querySelector("[data-live-late]");
  if (!note.hidden) return;
  note.hidden = false;
  announce(note.textContent);
}

// handle takes an event of such a request before those listen who would see the form itself on its way: its buttons stay as
// they are, it is no way out of the page, and no answer is no alarm.
const handle = (name, answer) =>
  document.addEventListener(
    name,
    (event) => {
      if (!isLive(event.target)) return;
      event.stopPropagation();
      answer?.(event);
    },
    true,
  );

handle("htmx:before:request", (event) => (away || onItsWay(event.target.closest("form"))) && event.preventDefault());
handle("htmx:finally:request");
handle("htmx:error", ({ target }) => late(target));
handle("htmx:response:error", ({ target }) => late(target));
handle("htmx:before:cleanup", ({ target }) => abort(target));

// An answer that leads to the sign-in leads there once: asked again, the sign-in would forget where it is to lead back to.
let away = false;
document.addEventListener("htmx:before:response", ({ target, detail: { ctx } }) => {
  away ||= Boolean(ctx.hx.redirect);
  if (isLive(target) && isForeign(ctx.response)) late(target);
});
addEventListener("pageshow", () => (away = false));

// A form that is sent needs no list any more. One that comes back without an answer does.
document.addEventListener("htmx:before:request", ({ target }) => {
  const live = target.matches?.("form") && liveIn(target);
  if (live) abort(live);
});

document.addEventListener("htmx:finally:request", ({ target, detail: { ctx } }) => {
  if (!ctx.response && target.matches?.("form")) recount(target);
});

// A list that grows moves the buttons below it. While one is held down no list is put in, or the press would miss it; once it
// is let go, and the form is not on its way, the list is asked for again.
let held;
let owed = false;
document.addEventListener("pointerdown", ({ target }) => (held = target.closest("button")?.form));
document.addEventListener("htmx:before:swap", (event) => {
  if (!held || !isLive(event.target)) return;
  event.preventDefault();
  owed = true;
});

function letGo() {
  const form = held;
  if (owed) setTimeout(() => recount(form)); // after the click that this may be
  held = undefined;
  owed = false;
}

document.addEventListener("pointerup", letGo);
document.addEventListener("pointercancel", letGo);
