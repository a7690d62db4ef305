// What has to be instant in the edit form: that a row is changed, its undo, and what the first button would do. A control's
// data-was is what Graph held when the form was made. The list of changes is the server's, see live.js. Without script
// nothing is missing: the review counts the changes.
import { recount } from "./live.js";

const words = (n) => (n === 1 ? "1 change" : `${n} changes`);

function mark(control) {
  const changed = control.value !== control.dataset.was;
  const row = control.closest("[data-field-row]");
  row.classList.toggle("field-changed", changed);
  row.querySelector("[data-field-change]").hidden = !changed;
  return changed;
}

function count(form) {
  const changes = [...form.elements].filter((control) => "was" in control.dataset && mark(control)).length;
  const label = form.querySelector("[data-review-label]");
  label.textContent = changes ? `Review ${words(changes)}` : "Nothing to review";
  label.closest("button").disabled = changes === 0;
  return changes;
}

function refilled(form) {
  count(form);
  recount(form);
}

// A script has filled the form in.
document.addEventListener("refilled", ({ target }) => "guard" in target.dataset && target.querySelector("[data-review-label]") && refilled(target));

// A form that has come may hold what the server does not know of: a browser fills in again what it kept over a reload.
function countAll(root) {
  for (const label of root.querySelectorAll("[data-review-label]")) {
    const form = label.closest("form");
    if (count(form) !== form.querySelectorAll("[data-live] li").length) recount(form);
  }
}

document.addEventListener("htmx:after:process", ({ target }) => countAll(target));
countAll(document);

document.addEventListener("input", ({ target }) => {
  if (target.form && "was" in target.dataset) count(target.form);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-undo]");
  const control = button && document.getElementById(button.dataset.undo);
  if (!control) return;
  control.value = control.dataset.was;
  control.focus();
  refilled(control.form);
});
