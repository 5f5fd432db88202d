const { words } = require("./words.cjs");

class Index {
  constructor() {
    this.places = new Map(); // word to a Set of ids, in the order in which they were added
    this.count = 0;
  }

  add(id, text) {
    for (const word of words(text)) {
      let ids = this.places.get(word);
      if (ids === undefined) {
        ids = new Set();
        this.places.set(word, ids);
      }
      ids.add(id);
    }
    this.count += 1;
  }

  find(query) {
    const sets = words(query).map((word) => this.places.get(word));
    if (sets.length === 0 || sets.includes(undefined)) return [];
    const [first, ...rest] = sets;
    return [...first].filter((id) => rest.every((ids) => ids.has(id)));
  }
}

module.exports = { Index };
