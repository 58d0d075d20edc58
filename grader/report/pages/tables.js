"use strict";
// Sorting and filtering of tables that are whole without it.

const TOP = 3, NEIGHBOURS = 2;

function valueOf(row, column) {
  const cell = row.cells[column];
  return cell.dataset.value ?? cell.textContent.trim();
}

function compare(one, other, direction) {
  if (one === "" || other === "") return (one === "") - (other === ""); // what is absent comes last, either way
  const numbers = [Number(one), Number(other)];
  const order = numbers.some(Number.isNaN) ? one.localeCompare(other, undefined, { numeric: true }) : numbers[0] - numbers[1];
  return direction * order;
}

function sortBy(table, head) {
  const first = head.dataset.first ?? "ascending";
  const second = first === "ascending" ? "descending" : "ascending";
  const order = head.getAttribute("aria-sort") === first ? second : first;
  for (const other of head.parentElement.cells) other.setAttribute("aria-sort", "none");
  head.setAttribute("aria-sort", order);
  const direction = order === "ascending" ? 1 : -1, column = head.cellIndex;
  const rows = [...table.tBodies[0].rows].map((row) => [valueOf(row, column), row]);
  rows.sort((one, other) => compare(one[0], other[0], direction));
  table.tBodies[0].append(...rows.map(([, row]) => row));
}

for (const table of document.querySelectorAll("table.sortable")) {
  for (const head of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    head.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => { sortBy(table, head); filter(); });
  }
}

const form = document.getElementById("filters");

function isMine(row, mine) {
  return mine !== "" && row.dataset.name.toLowerCase() === mine;
}

function near(rows, mine) {
  const place = rows.findIndex((row) => isMine(row, mine));
  return rows.filter((row, index) => index < TOP || (place >= 0 && Math.abs(index - place) <= NEIGHBOURS));
}

function filterTable(table, technique, mine, onlyNear) {
  const rows = [...table.tBodies[0].rows];
  const using = rows.filter((row) => technique === "" || (row.dataset.techniques ?? technique).split("|").includes(technique));
  const kept = new Set(onlyNear ? near(using, mine) : using);
  for (const row of rows) {
    row.hidden = !kept.has(row);
    row.classList.toggle("me", isMine(row, mine));
  }
  return [kept.size, rows.length];
}

function filter() {
  if (form === null) return;
  const [assignment, technique, me] = ["assignment", "technique", "me"].map((id) => document.getElementById(id).value.trim());
  const onlyNear = document.getElementById("near").checked;
  let shown = 0, all = 0;
  for (const section of document.querySelectorAll("section")) {
    const assignments = (section.dataset.assignments ?? assignment).split(" ");
    section.hidden = assignment !== "" && !assignments.includes(assignment);
    for (const table of section.querySelectorAll("table.filtered")) {
      const [kept, rows] = filterTable(table, technique, me.toLowerCase(), onlyNear);
      shown += section.hidden ? 0 : kept;
      all += rows;
    }
  }
  document.getElementById("status").textContent = `${shown} of ${all} rows are shown`;
}

if (form !== null) {
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", filter);
  filter();
}
