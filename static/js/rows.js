// The rows of the list, in what a page says once and not for each: what can be done at a row (data-row-actions). Without
// script a row leads to the connector's page, where all of that is.
function dress(row, actions) {
  const { row: id } = row.dataset;
  const place = row.lastElementChild;
  if (!id || !actions || place.firstElementChild) return;
  const name = row.querySelector("input")?.ariaLabel.replace(/^\S+ /, "") ?? row.querySelector("th").textContent.trim();
  const all = actions.content.cloneNode(true);
  for (const action of all.children) {
    action.ariaLabel += ` ${name}`;
    if ("copy" in action.dataset) action.dataset.copy = id;
    else action.setAttribute("href", action.getAttribute("href").replace("ID", encodeURIComponent(id)));
    if ("edit" in action.dataset && "unreadable" in row.dataset) action.hidden = true;
  }
  place.append(all);
}

function dressAll() {
  const actions = document.querySelector("[data-row-actions]");
  for (const row of document.querySelectorAll(".list tbody > tr")) dress(row, actions);
}

document.addEventListener("htmx:after:swap", dressAll);
dressAll();
