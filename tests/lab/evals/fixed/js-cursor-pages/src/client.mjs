/** All items, each once; `get(query)` asks the server for one page. */
export async function fetchAll(get) {
  const all = new Map();
  let query = {};
  for (;;) {
    const { items, next } = await get(query);
    for (const item of items) {
      all.set(item.id, item);
    }
    if (next === null) {
      return [...all.values()];
    }
    query = { after: next };
  }
}
