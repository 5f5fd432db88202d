import { parse } from "./csv.mjs";

/** Adds the contacts of a CSV text. Gives how many were added, known already, and without an address. */
export async function importContacts(book, text) {
  const counts = { added: 0, known: 0, skipped: 0 };
  const records = parse(text);
  for (const record of records) {
    if (!record.email?.includes("@")) {
      counts.skipped += 1;
      continue;
    }
    const added = await book.add({ name: record.name ?? "", email: record.email });
    counts[added ? "added" : "known"] += 1;
  }
  return counts;
}
