const SIZE = 3;

/** Answers GET /items: `query.page` counts from 1. */
export function listItems(items, query = {}) {
  const page = Number.parseInt(query.page ?? "1", 10);
  const start = (page - 1) * SIZE;
  return { items: items.slice(start, start + SIZE), pages: Math.max(1, Math.ceil(items.length / SIZE)) };
}
