const SORTABLE = new Map([
  ["due", "due"],
  ["number", "number"],
  ["amount", "amount"],
]);
const LARGEST = 200;

export class BadQuery extends Error {}

/** The invoices of a customer. `query` is what the browser sent. */
export function listInvoices(db, customer, query = {}) {
  const column = SORTABLE.get(query.sort ?? "due");
  if (column === undefined) {
    throw new BadQuery(`cannot sort by ${query.sort}`);
  }
  const direction = query.direction === "desc" ? "DESC" : "ASC";
  const limit = Math.min(Number.parseInt(query.limit ?? "50", 10) || 50, LARGEST);
  const where = ["customer = ?"];
  const values = [customer];
  if (query.from) {
    where.push("due >= ?");
    values.push(query.from);
  }
  if (query.until) {
    where.push("due <= ?");
    values.push(query.until);
  }
  const sql =
    `SELECT id, number, due, amount FROM invoice WHERE ${where.join(" AND ")} ` +
    `ORDER BY ${column} ${direction}, id LIMIT ?`;
  return db.all(sql, [...values, Math.max(1, limit)]);
}
