// The form and the preview of a bulk edit.
import { announce } from "./announce.js";

const number = new Intl.NumberFormat("en");

// Who types into a field, or chooses there, means it to change (data-sets).
function means({ target }) {
  const tick = target.id && document.querySelector(`[data-sets="${CSS.escape(target.id)}"]`);
  if (tick && target.value !== "") tick.checked = true;
}
document.addEventListener("input", means);
document.addEventListener("change", means);

// The button says to how many it applies, and the tick of the page is that of its rows.
function count(form, said) {
  const ticks = [...form.querySelectorAll("[data-tick]")];
  const here = ticks.filter((tick) => tick.checked).length;
  const all = form.querySelector("[data-tick-page]");
  if (all) {
    all.checked = here > 0 && here === ticks.length;
    all.indeterminate = here > 0 && here < ticks.length;
  }
  const label = form.querySelector("[data-ticked]");
  if (!label) return;
  const picked = here + Number(label.dataset.tickedElsewhere);
  label.textContent = label.textContent.replace(/[\d,]+ (\w+?)s?$/, (_, noun) => `${number.format(picked)} ${noun}${picked === 1 ? "" : "s"}`);
  if (said) announce(label.textContent);
}

document.addEventListener("change", ({ target }) => {
  const form = target.closest?.("[data-ticks]");
  if (!form || !target.matches("[data-tick], [data-tick-page]")) return;
  if (target.matches("[data-tick-page]")) for (const tick of form.querySelectorAll("[data-tick]")) tick.checked = target.checked;
  count(form, target.matches("[data-tick-page]"));
});

// Enter in a tick would send the form, and so begin the run.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("[data-tick], [data-tick-page]")) event.preventDefault();
});

const draw = () => document.querySelectorAll("[data-ticks]").forEach((form) => count(form, false));
addEventListener("pageshow", draw);
document.addEventListener("htmx:after:swap", draw);
draw();
