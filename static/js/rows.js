// The rows of the list, in what a page says once and not for each: what can be done at a row (data-row-actions), and the roles that
// keep a table one where its rows are cards. Without script a row leads to the connector's page, where all of that is.
const roles = { TR: "row", TD: "cell", TH: "rowheader" };

function dress(row, actions) {
  for (const element of [row, ...row.cells]) element.role = roles[element.tagName];
  const { row: id } = row.dataset;
  const place = row.querySelector(".list-actions");
  if (!id || !actions || place.firstElementChild) return;
  const name = row.querySelector("[data-pick]")?.ariaLabel.replace(/^\S+ /, "") ?? row.querySelector("th").textContent.trim();
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
