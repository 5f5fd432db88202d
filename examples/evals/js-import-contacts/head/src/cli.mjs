import { importContacts } from "./import.mjs";

export async function main([command, ...rest], book, print, read) {
  if (command === "add") {
    const [name, email] = rest;
    print((await book.add({ name, email })) ? "added" : "known already");
    return 0;
  }
  if (command === "import" && rest.length === 1) {
    const { added, known, skipped } = await importContacts(book, await read(rest[0]));
    print(`${added} added, ${known} known already, ${skipped} without an address`);
    return skipped > 0 ? 1 : 0;
  }
  print("usage: contacts add NAME EMAIL | import FILE");
  return 2;
}
