/** All items; `get(query)` asks the server for one page. */
export async function fetchAll(get) {
  const all = [];
  for (let page = 1, pages = 1; page <= pages; page++) {
    const answer = await get({ page: String(page) });
    all.push(...answer.items);
    pages = answer.pages;
  }
  return all;
}
