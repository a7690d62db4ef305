import { announce } from "./announce.js";

// After a swap the focus goes to what the answer marks, else to the heading of a page that came whole; htmx itself gives
// it back to the element of the same id. Where there is none any more, such as 'Next' on the last page, it goes to what
// the answer marks for that. What has come is announced.
let held = false;
document.addEventListener("htmx:before:swap", () => (held = document.activeElement !== document.body));

document.addEventListener("htmx:after:settle", ({ detail: { task, newContent } }) => {
  const came = newContent.filter((node) => node instanceof Element);
  const first = (selector) => {
    for (const element of came) {
      const found = element.matches(selector) ? element : element.querySelector(selector);
      if (found) return found;
    }
  };
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
