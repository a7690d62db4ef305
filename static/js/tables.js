// The roles that keep a table one where its rows are cards.
const roles = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TR: "row", TD: "cell", TH: "rowheader" };

function keepTable(table) {
  for (const element of [table, ...table.querySelectorAll("thead, tbody, tr, td, th")]) element.role = roles[element.tagName];
  for (const head of table.tHead.rows[0].cells) head.role = "columnheader";
}

const keepAll = () => document.querySelectorAll(".list, .attention").forEach(keepTable);
document.addEventListener("htmx:after:swap", keepAll);
keepAll();
