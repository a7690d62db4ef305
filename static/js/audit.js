// The audit log. A period is counted by the days of a zone (see zone.js); dates that are typed take its place, and it takes theirs.
// A row opens in place.

// Without a period the zone says nothing.
document.addEventListener("formdata", ({ target, formData }) => {
  if (!formData.get("range")) formData.delete("tz");
});

addEventListener("change", (event) => {
  const { target } = event;
  if (!target.form?.elements.tz) return;
  if (target.name === "q") event.stopPropagation(); // it was searched as it was typed; what it found may be open by now
  const { range, from, to } = target.form.elements;
  if (target.name === "range" && target.value) from.value = to.value = "";
  else if ((target === from || target === to) && target.value) range.value = "";
}, true);

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-opens]");
  const row = button && document.getElementById(button.dataset.opens);
  if (!row) return;
  row.hidden = !row.hidden;
  button.ariaExpanded = String(!row.hidden);
});
