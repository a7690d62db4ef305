// What was typed into a form with data-guard or data-keep is kept in this tab over a sign-in or a reload, and put back when
// the same person opens the form again. Where the server has kept it, the form comes with data-kept and is left alone.
import { onItsWay } from "./busy.js";
import { life } from "./forget.js";
import { mean } from "./guard.js";

const own = new Set(["token", "state"]); // of that one form
const key = (form) => `typed ${new URL(form.action).pathname}`;
const person = () => document.body.dataset.person;

const worth = (form, control) =>
  control.name &&
  !own.has(control.name) &&
  !/^(submit|button)$/.test(control.type) &&
  (control.type !== "radio" || control.checked) &&
  ("was" in control.dataset ? control.value !== control.dataset.was : form.dataset.guard === "always" || control.value !== control.defaultValue || control.checked !== control.defaultChecked);

// keepTyped keeps the fields of every such form of the page, and why: "sign-in", "refused" where the page was, or "reload".
function keepTyped(why) {
  for (const form of document.querySelectorAll("form:is([data-guard], [data-keep])")) {
    if (why === "reload" && (onItsWay(form) || sessionStorage.getItem(key(form)))) continue; // sent, or kept already
    const fields = Object.fromEntries([...form.elements].filter((control) => worth(form, control)).map((control) => [control.name, control.type === "checkbox" ? String(control.checked) : control.value]));
    if (!Object.keys(fields).length) continue;
    try {
      sessionStorage.setItem(key(form), JSON.stringify({ person: person(), at: Date.now(), why, fields }));
    } catch {
      // the browser allows no storage: the form is lost, as without script
    }
  }
}

function take(form) {
  try {
    const text = sessionStorage.getItem(key(form));
    sessionStorage.removeItem(key(form));
    const kept = JSON.parse(text);
    return kept?.person === person() && Date.now() - kept.at < life ? kept : undefined;
  } catch {
    return undefined;
  }
}

// put gives a control what was kept, and says whether that was something else.
function put(control, kept) {
  if (control.type === "radio") return control.value === kept && !control.checked && (control.checked = true);
  if (control.type === "checkbox") return String(control.checked) !== kept && (control.checked = kept === "true") !== undefined;
  const before = control.value;
  control.value = kept;
  if (control.value !== kept) control.value = before; // the choice is no longer offered
  return before !== kept;
}

const fill = (form, fields) =>
  [...form.elements].filter(({ name, type }) => name in fields && type !== "hidden").map((control) => put(control, fields[control.name])).some(Boolean);

// restoreTyped fills the forms that can say so, and opens those that lie folded away, in what has come.
function restoreTyped(root) {
  for (const note of root.querySelectorAll("[data-restored]")) {
    const form = document.getElementById(note.dataset.restored);
    const kept = form && take(form);
    if (!kept || "kept" in form.dataset) continue;
    note.hidden = !fill(form, kept.fields);
    for (const words of note.querySelectorAll("[data-restored-when]")) words.hidden = words.dataset.restoredWhen !== kept.why;
    if (!note.hidden) form.dispatchEvent(new Event("refilled", { bubbles: true })); // see edit.js
  }
  for (const form of root.querySelectorAll("form[data-keep]")) {
    const kept = take(form);
    if (!kept || !fill(form, kept.fields)) continue;
    form.closest("[popover]")?.showPopover();
    form.closest("details")?.setAttribute("open", "");
  }
}

// A page that is loaded anew has its form as the server makes it.
addEventListener("pagehide", () => {
  try {
    keepTyped("reload");
  } catch {
    // the browser allows no storage
  }
});

// The way back in is being taken, see session.js.
document.addEventListener("leaving", () => keepTyped("sign-in"));

// The answer to a session that has ended leads away to the sign-in; one of a session renewed elsewhere, or of another
// person's, takes the form away.
document.addEventListener("htmx:before:response", ({ target, detail: { ctx } }) => {
  if (ctx.response.status < 400 && target.matches?.("form[method=post]")) take(target); // it has arrived
  const ended = ctx.response.status === 401 && ctx.response.headers.get("HX-Redirect");
  if (!ended && ctx.response.status !== 403) return;
  keepTyped(ended ? "sign-in" : "refused");
  if (!ended) return;
  addEventListener("pagehide", () => keepTyped("sign-in"), { once: true }); // what is typed until the sign-in comes
  mean();
});

// A form that brings the page anew takes the page's other forms along.
document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  if (ctx.sourceElement.matches?.("form[method=post]") && document.querySelector("form[data-keep]")) keepTyped("reload");
});

// Only once htmx has seen to what came: what is filled in then, it hears of.
document.addEventListener("htmx:after:process", ({ target }) => restoreTyped(target));
restoreTyped(document);
