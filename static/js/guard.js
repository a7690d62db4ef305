// A form with data-guard warns before what was typed into it is lost: by leaving the page, by going back, or by a swap
// that takes the form away. Sending the form itself, and links with data-leave, mean to leave.
import { plain } from "./clicks.js";

const question = "Leave without saving? What you typed will be lost.";
let leaving = false;

export function touched(control) {
  if (control.type === "hidden" || control.type === "submit" || control.type === "button") return false;
  if (control.type === "checkbox" || control.type === "radio") return control.checked !== control.defaultChecked;
  if (control.options) {
    const chosen = [...control.options].find((option) => option.defaultSelected) ?? control.options[0];
    return control.value !== chosen?.value;
  }
  return control.defaultValue !== undefined && control.value !== control.defaultValue;
}

// guarded is the form that would lose something, if there is one.
export function guarded() {
  return [...document.querySelectorAll("form[data-guard]")].find(
    (form) =>
      form.dataset.guard === "always" ||
      [...form.elements].some((control) => touched(control) || ("was" in control.dataset && control.value !== control.dataset.was)),
  );
}

// mean says that the page is left on purpose, with what was typed kept elsewhere.
export function mean() {
  leaving = true;
}

document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-guard]")) leaving = true;
  setTimeout(() => (leaving = leaving && !event.defaultPrevented));
});

document.addEventListener(
  "click",
  (event) => {
    if (event.target.closest("[data-leave]") && plain(event)) leaving = true;
  },
  true,
);

addEventListener("beforeunload", (event) => {
  if (!leaving && guarded()) event.preventDefault();
});

addEventListener("pageshow", () => (leaving = false));

document.addEventListener("htmx:before:request", (event) => {
  const { sourceElement, target, request } = event.detail.ctx;
  const form = guarded();
  if (!form || leaving || request.form === form || form.contains(sourceElement)) return;
  const element = typeof target === "string" ? document.querySelector(target) : target;
  if (element?.contains(form) && !confirm(question)) event.preventDefault();
});

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => (leaving = Boolean(ctx?.hx?.redirect)));

// Going back within pages that were swapped unloads nothing, so it is asked for here, before htmx hears of it. Once is
// enough: the request that brings the earlier page does not ask again.
globalThis.navigation?.addEventListener("navigate", (event) => {
  if (event.navigationType !== "traverse" || !event.cancelable || leaving || !guarded()) return;
  leaving = confirm(question);
  if (leaving) return;
  event.preventDefault();
  event.stopImmediatePropagation();
});
