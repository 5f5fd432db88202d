export async function main([command, ...rest], book, print) {
  if (command === "add") {
    const [name, email] = rest;
    print((await book.add({ name, email })) ? "added" : "known already");
    return 0;
  }
  print("usage: contacts add NAME EMAIL");
  return 2;
}
