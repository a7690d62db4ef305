// A field's fault goes when the corrected field is left, and what tells of it elsewhere on the page goes with it. What is
// corrected the server says: the list of changes beside the edit form, or the answer to a filter.
const first = new WeakMap(); // what a field held when it came with its fault

const faulty = (root) => [...root.querySelectorAll("[aria-invalid=true]")];
const note = (form) => form.closest("main")?.querySelector("[data-fault-listed]")?.closest(".note");

// fewer counts the errors again that the note and the window's title tell of.
function fewer(form) {
  const about = note(form);
  const left = about?.querySelectorAll("[data-fault-listed]").length ?? 0;
  const count = (text) => text.replace(/^\d+ errors?\b/, left === 1 ? "1 error" : `${left} errors`);
  const title = about?.querySelector(".note-title");
  if (title) title.textContent = count(title.textContent);
  document.title = left ? count(document.title) : document.title.replace(/^\d+ errors? · /, "");
}

function clear(control) {
  control.removeAttribute("aria-invalid");
  const row = control.closest(".field-faulty");
  row?.classList.remove("field-faulty");
  row?.querySelector(".form-error")?.remove();
  const listed = document.querySelector(`[data-fault-listed="${control.id}"]`);
  const about = listed?.closest(".note");
  listed?.remove();
  fewer(control.form);
  if (about && !about.querySelector("[data-fault-listed]")) about.remove();
}

const corrected = (control) =>
  control.value !== first.get(control) &&
  (control.name !== "reason" || control.value.trim() !== "") &&
  !control.form.querySelector(`[data-live-fault="${control.id}"]`);

function look(form) {
  for (const control of faulty(form)) {
    if (control !== document.activeElement && corrected(control)) clear(control);
  }
}

// While a button is being pressed nothing above it may go: it would move away from under the pointer, and the click be lost.
let pressed = false;
const waiting = new Set();
const lookSoon = (form) => (pressed ? waiting.add(form) : look(form));
addEventListener("pointerdown", () => (pressed = true), true);
for (const end of ["pointerup", "pointercancel"]) {
  addEventListener(end, () => setTimeout(() => {
    pressed = false;
    waiting.forEach(look);
    waiting.clear();
  }), true);
}

document.addEventListener("focusout", ({ target }) => {
  if (target.form?.method === "post" && target.matches("[aria-invalid=true]")) setTimeout(() => lookSoon(target.form));
});

document.addEventListener("htmx:after:settle", ({ target }) => {
  const form = target.closest?.("[data-live]")?.closest("form");
  if (form) lookSoon(form);
});

// A filter's answer brings each field's fault, or the lack of one.
function mark(root) {
  for (const fault of root.querySelectorAll("[data-fault-of]")) {
    const control = document.getElementById(fault.dataset.faultOf);
    if (fault.hidden) control?.removeAttribute("aria-invalid");
    else control?.setAttribute("aria-invalid", "true");
  }
}

document.addEventListener("htmx:after:swap", () => mark(document));

const remember = (root) => faulty(root).forEach((control) => first.set(control, control.value));
document.addEventListener("htmx:after:process", ({ target }) => remember(target));
remember(document);
