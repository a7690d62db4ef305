import { touched } from "./guard.js";

// A form that filters sends what was chosen and not what was left open, so that the address says no more than it means.
document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  const { body, method } = ctx.request;
  if (method !== "GET" || !body) return;
  for (const [name, value] of [...body]) if (value === "") body.delete(name);
});

// The top bar's search says what the page is filtered by, wherever that was typed. What is typed there stays until then.
let shown = location.href;
document.addEventListener("htmx:after:settle", () => {
  const field = document.querySelector("[data-find]");
  if (!field || field === document.activeElement || shown === location.href) return;
  shown = location.href;
  field.value = location.pathname === "/connectors" ? (new URLSearchParams(location.search).get("q") ?? "") : "";
});

// A form that has come may hold what was typed before this script came, or what a browser kept over a reload.
function hear(root) {
  for (const field of root.querySelectorAll("form[role=search] input, .set-row [name]")) {
    if (!touched(field)) continue;
    for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
  }
}

document.addEventListener("htmx:after:process", ({ target }) => hear(target));
hear(document);
