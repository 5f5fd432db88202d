import { decodeFilters } from "./decode.mjs";
import { encodeFilters } from "./encode.mjs";
import { EMPTY, matches } from "./filters.mjs";

export class View {
  constructor(notes) {
    this.notes = notes;
    this.filters = EMPTY;
  }

  filter(changes) {
    this.filters = { ...this.filters, ...changes };
  }

  link(page) {
    const query = encodeFilters(this.filters);
    return query === "" ? page : `${page}?${query}`;
  }

  open(link) {
    const at = link.indexOf("?");
    this.filters = at < 0 ? EMPTY : decodeFilters(link.slice(at + 1));
  }

  shown() {
    return this.notes.filter((note) => matches(this.filters, note));
  }
}
