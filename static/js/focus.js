import { announce } from "./announce.js";

// After a swap the focus goes to what the answer marks, else to the heading of a page that came whole; htmx itself gives
// it back to the element of the same id. Where there is none any more, such as 'Next' on the last page, it goes to what
// the answer marks for that. What has come is announced.
let held = false;
let quiet = false; // the page has asked by itself: nobody is led away from where they are, and nothing is said
document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  held = document.activeElement !== document.body;
  quiet = Boolean(ctx?.sourceElement?.matches?.("[data-hears]"));
});

document.addEventListener("htmx:after:settle", ({ detail: { task, newContent } }) => {
  const came = newContent.filter((node) => node instanceof Element);
  const first = (selector) => {
    for (const element of came) {
      const found = element.matches(selector) ? element : element.querySelector(selector);
      if (found) return found;
    }
  };
  if (quiet) {
    if (held && document.activeElement === document.body) (first("[data-focus-lost]") ?? document.getElementById("main")).focus({ preventScroll: true });
    return;
  }
  const whole = task.target?.id === "main" || task.target === document.body;
  const lost = held && document.activeElement === document.body;
  const place = first("[data-focus]") ?? (whole ? first("h1") : undefined) ?? (lost ? first("[data-focus-lost]") : undefined);
  if (place) {
    if (!place.hasAttribute("tabindex") && place.tabIndex < 0) place.tabIndex = -1;
    place.focus({ preventScroll: !whole });
  }
  if (whole && !place?.closest("[role=alert]")) scrollTo(0, 0);
  const said = first("[data-announce]")?.dataset.announce;
  if (said) announce(said);
});
