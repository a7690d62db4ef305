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
