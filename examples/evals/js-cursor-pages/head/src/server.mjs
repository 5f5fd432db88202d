const SIZE = 3;

/**
 * Answers GET /items, newest first. `query.after` is the cursor of the answer before. Items that are added meanwhile do
 * not move the pages: a cursor names the last item that was seen, not a position.
 */
export function listItems(items, query = {}) {
  const sorted = [...items].sort((a, b) => b.id - a.id);
  const after = decode(query.after);
  const rest = after === null ? sorted : sorted.filter((item) => item.id < after);
  const page = rest.slice(0, SIZE);
  return { items: page, next: rest.length > SIZE ? encode(page.at(-1).id) : null };
}

function encode(id) {
  return Buffer.from(`id:${id}`).toString("base64url");
}

function decode(cursor) {
  const match = /^id:(\d+)$/.exec(Buffer.from(cursor ?? "", "base64url").toString());
  return match === null ? null : Number(match[1]);
}
