import { BadQuery, listInvoices } from "./invoices.mjs";

export async function getInvoices(db, request) {
  try {
    return { status: 200, body: await listInvoices(db, request.customer, request.query) };
  } catch (error) {
    if (error instanceof BadQuery) {
      return { status: 400, body: { error: error.message } };
    }
    throw error;
  }
}
