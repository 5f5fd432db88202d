export const EMPTY = Object.freeze({ text: "", tags: [], from: null });

export function matches(filters, note) {
  return (
    note.text.toLowerCase().includes(filters.text.toLowerCase()) &&
    filters.tags.every((tag) => note.tags.includes(tag)) &&
    (filters.from === null || note.date >= filters.from)
  );
}
