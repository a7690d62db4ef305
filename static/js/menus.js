// A menu that unfolds in the page (details.export) folds away with Escape, which gives the focus back to its button, and when
// something else is pressed.
const open = () => [...document.querySelectorAll("details.export[open]")];

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of open()) {
    const within = menu.contains(document.activeElement);
    menu.open = false;
    if (within) menu.querySelector("summary").focus();
  }
});

document.addEventListener("pointerdown", ({ target }) => {
  for (const menu of open()) if (!menu.contains(target)) menu.open = false;
});

// The menu of a phone lies over the page that it brings.
document.addEventListener("htmx:after:swap", () => document.querySelector("#menu:popover-open")?.hidePopover());

// The forms of the frame lead back to the page that is in it.
document.addEventListener("htmx:after:history:update", () => {
  for (const field of document.querySelectorAll(".topbar [name=return_to]")) field.value = location.pathname + location.search;
});
