// While a form is on its way its buttons are off, so that a double click is one request. (The form's one-time id would make
// it one change even so.) A page that the browser brings back from its memory has them on again.
import { announce } from "./announce.js";

const buttonsOf = (form) => [...form.elements].filter((control) => control.type === "submit");
const off = new WeakMap();

function disable(form, pressed) {
  if (off.has(form)) return;
  const focused = document.activeElement;
  const buttons = buttonsOf(form).filter((button) => !button.disabled);
  off.set(form, { buttons, focused: buttons.includes(focused) ? focused : null, quiet: pressed && sayBusy(form, pressed) });
  buttons.forEach((button) => (button.disabled = true));
}

// sayBusy has the pressed button say what is going on (data-busy), and returns how to take that back.
function sayBusy(form, pressed) {
  if (!pressed.dataset.busy) return undefined;
  const words = [...pressed.childNodes];
  const sign = document.createElement("span");
  sign.className = "busy";
  sign.textContent = pressed.dataset.busy;
  pressed.replaceChildren(sign);
  form.ariaBusy = "true";
  announce(pressed.dataset.busy);
  return () => {
    pressed.replaceChildren(...words);
    form.ariaBusy = null;
  };
}

// onItsWay says whether the form was sent and has no answer yet.
export const onItsWay = (form) => off.has(form);

function enable(form) {
  const state = off.get(form);
  if (!state) return;
  off.delete(form);
  state.buttons.forEach((button) => (button.disabled = false));
  state.quiet?.();
  if (!state.focused || document.activeElement !== document.body) return;
  const focused = state.focused.isConnected ? state.focused : document.getElementById(state.focused.id); // swapped for its like
  focused?.focus({ preventScroll: true });
}

const formOf = (element) => (element?.matches?.("form") ? element : element?.form);
// A form whose answer is a file (data-download) leaves the page as it is, and nothing tells that the file has come.
const posts = (form) => form?.method === "post" && !("download" in form.dataset);

document.addEventListener("submit", (event) => {
  const form = event.target;
  // after the browser has put the pressed button's own value into what it sends
  setTimeout(() => {
    if (!event.defaultPrevented && posts(form)) disable(form, event.submitter);
  });
});

addEventListener("pageshow", () => [...document.forms].forEach(enable));

document.addEventListener("htmx:before:request", ({ defaultPrevented, detail: { ctx } }) => {
  const form = formOf(ctx.sourceElement);
  if (posts(form) && !defaultPrevented) disable(form, ctx.sourceEvent?.submitter);
});

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  const form = formOf(ctx.request?.form ?? ctx.sourceElement);
  if (form) enable(form);
});

// Without an answer nothing is swapped: say so where it is seen, and that trying again is safe.
const unreachable = (shown) => {
  const note = document.getElementById("unreachable");
  if (note) note.hidden = !shown;
};

// What a page asks for by itself is no alarm where it fails, and where it succeeds no answer to the form that had none.
const byItself = (element) => element?.matches?.("[data-live], [data-find], [data-hears], [hx-trigger^='every']");

document.addEventListener("htmx:error", ({ target, detail: { ctx } }) => {
  if (ctx?.request && !ctx.response && !byItself(target)) unreachable(true);
});

// isForeign says whether something before Switchboard answered in its place, such as a proxy with a page of its own: that is no
// answer, and must not take the place of what was typed.
export const isForeign = ({ status, headers }) => status >= 500 && !headers.has("X-Request-Id");

document.addEventListener("htmx:before:response", (event) => {
  const foreign = isForeign(event.detail.ctx.response);
  if (foreign) event.preventDefault();
  if (!byItself(event.target)) unreachable(foreign);
});
