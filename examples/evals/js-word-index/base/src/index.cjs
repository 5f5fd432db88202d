const { words } = require("./words.cjs");

class Index {
  constructor() {
    this.places = Object.create(null);
    this.count = 0;
  }

  add(id, text) {
    for (const word of words(text)) {
      if (!this.places[word]) this.places[word] = [];
      if (!this.places[word].includes(id)) this.places[word].push(id);
    }
    this.count += 1;
  }

  find(query) {
    const wanted = words(query);
    if (wanted.length === 0) return [];
    let result = null;
    for (const word of wanted) {
      const ids = this.places[word] || [];
      result = result === null ? ids.slice() : result.filter((id) => ids.includes(id));
    }
    return result;
  }
}

module.exports = { Index };
