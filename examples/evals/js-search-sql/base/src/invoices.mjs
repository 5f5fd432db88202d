export function listInvoices(db, customer) {
  return db.all("SELECT id, number, due, amount FROM invoice WHERE customer = ? ORDER BY due", [customer]);
}
