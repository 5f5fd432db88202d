"use strict";
{
  const sort = (table, head, column) => {
    const down = head.getAttribute("aria-sort") === "ascending";
    const by = (row) => row.cells[column].dataset.by;
    const numbers = Array.from(table.tBodies[0].rows).every((row) => row.cells[column].className === "number");
    const compare = numbers
      ? (a, b) => Number(by(a)) - Number(by(b))
      : (a, b) => (by(a) < by(b) ? -1 : by(a) > by(b) ? 1 : 0);
    const rows = Array.from(table.tBodies[0].rows).sort((a, b) => (down ? compare(b, a) : compare(a, b)));
    for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    table.tBodies[0].append(...rows);
  };
  for (const table of document.querySelectorAll("table")) {
    Array.from(table.tHead.rows[0].cells).forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => sort(table, head, column));
    });
  }
}
