// The rows of the list, in what a page says once and not for each: what can be done at a row (data-row-actions). Without
// script a row leads to the connector's page, where all of that is.

// select is the label of a tick that says no name: a name that is to be told in other words stands in the page.
const select = "Select";

// called is the name in a row's head, its parts as in a title.
function called(row) {
  const head = row.querySelector("th");
  return [...head.querySelectorAll("b, i")].map((part) => part.textContent.trim()).join(" · ") || head.textContent.trim();
}

function dress(row, actions) {
  // what Switchboard says, and not Graph: it may be translated
  for (const cell of row.querySelectorAll("td:nth-child(3), .list-usual td:nth-child(4)")) cell.translate = true;
  const { row: id } = row.dataset;
  const place = row.lastElementChild;
  if (!id || !actions || place.firstElementChild) return;
  const tick = row.querySelector("input");
  if (tick?.ariaLabel === select) tick.ariaLabel += ` ${called(row)}`;
  const name = tick?.ariaLabel.slice(select.length + 1) ?? called(row);
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
