import { listInvoices } from "./invoices.mjs";

export async function getInvoices(db, request) {
  return { status: 200, body: await listInvoices(db, request.customer) };
}
