/** The filters as the query of a link; what is empty is left out. */
export function encodeFilters({ text, tags, from }) {
  const query = new URLSearchParams();
  if (text !== "") {
    query.set("q", text);
  }
  if (tags.length > 0) {
    query.set("tags", tags.map(encodeURIComponent).join(","));
  }
  if (from !== null) {
    query.set("from", from);
  }
  return query.toString();
}
