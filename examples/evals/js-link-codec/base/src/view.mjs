import { EMPTY, matches } from "./filters.mjs";

export class View {
  constructor(notes) {
    this.notes = notes;
    this.filters = EMPTY;
  }

  filter(changes) {
    this.filters = { ...this.filters, ...changes };
  }

  shown() {
    return this.notes.filter((note) => matches(this.filters, note));
  }
}
