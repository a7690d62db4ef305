// Typing a search makes one entry of the browser's history, not one a pause: until the field is left, each answer takes the
// place of the one before.
let searched; // the field that the latest entry is of

document.addEventListener("htmx:before:history:update", ({ detail }) => {
  const field = document.activeElement?.matches("form[role=search] input") ? document.activeElement : undefined;
  if (field && field === searched && detail.history.type === "push") detail.history.type = "replace";
  searched = detail.sourceElement === field?.form ? field : undefined;
});

document.addEventListener("focusout", () => (searched = undefined));
addEventListener("popstate", () => (searched = undefined));

// The way back to the list leads to the list as it was filtered in this tab.
const list = "/connectors";
const key = "list";

function remember() {
  try {
    if (location.pathname === list) sessionStorage.setItem(key, location.search);
    const query = sessionStorage.getItem(key);
    for (const crumb of document.querySelectorAll(`.crumbs a[href="${list}"]`)) crumb.href = list + (query ?? "");
  } catch {
    // the browser allows no storage
  }
}

document.addEventListener("htmx:after:history:update", remember);
document.addEventListener("htmx:after:swap", remember);
remember();
