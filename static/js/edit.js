// The edit form counts its changes as they are typed. A control's data-was is what Graph held when the form was made.
// Without script nothing is missing: the review counts them.
const controlsOf = (form) => [...form.elements].filter((control) => "was" in control.dataset);
const formsIn = (root) => {
  const forms = [...root.querySelectorAll("form")];
  if (root.matches?.("form")) forms.push(root);
  return forms.filter((form) => form.querySelector("[data-change-count]"));
};
const words = (n) => (n === 1 ? "1 change" : `${n} changes`);

function mark(form, control) {
  const changed = control.value !== control.dataset.was;
  const row = control.closest("[data-field-row]");
  row?.classList.toggle("field-changed", changed);
  const note = row?.querySelector("[data-field-change]");
  if (note) note.hidden = !changed;
  const line = form.querySelector(`[data-change-of="${CSS.escape(control.name)}"]`);
  if (line) {
    line.hidden = !changed;
    const to = line.querySelector("[data-change-to]");
    if (to) {
      to.textContent = control.value || "Not set";
      to.classList.toggle("unset", control.value === "");
    }
  }
  return changed;
}

function count(form) {
  const changes = controlsOf(form).filter((control) => mark(form, control)).length;
  form.querySelector("[data-change-count]").textContent = changes ? words(changes) : "No changes";
  const label = form.querySelector("[data-review-label]");
  if (!label) return;
  label.textContent = changes ? `Review ${words(changes)}` : "Nothing to review";
  label.closest("button").disabled = changes === 0;
}

// countChanges counts those of every edit form in an element that has come.
export function countChanges(root) {
  formsIn(root).forEach(count);
}

document.addEventListener("input", ({ target }) => {
  if (target.form && "was" in target.dataset) countChanges(target.form);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-undo]");
  const control = button && document.getElementById(button.dataset.undo);
  if (!control) return;
  control.value = control.dataset.was;
  control.focus();
  countChanges(control.form);
});
