import { EMPTY } from "./filters.mjs";

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** The filters of a link. Links are typed and cut: what cannot be read is left out. */
export function decodeFilters(search) {
  const query = new URLSearchParams(search);
  const tags = query.get("tags") ?? "";
  const from = query.get("from") ?? "";
  return {
    ...EMPTY,
    text: query.get("q") ?? "",
    tags: tags.split(",").filter(Boolean).map(decode).filter((tag) => tag !== null),
    from: DATE.test(from) ? from : null,
  };
}

function decode(tag) {
  try {
    return decodeURIComponent(tag);
  } catch {
    return null;
  }
}
