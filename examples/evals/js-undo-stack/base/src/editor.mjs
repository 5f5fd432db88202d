export class Editor {
  #text = "";

  get text() {
    return this.#text;
  }

  insert(at, part) {
    this.#text = this.#text.slice(0, at) + part + this.#text.slice(at);
  }

  remove(at, length) {
    this.#text = this.#text.slice(0, at) + this.#text.slice(at + length);
  }
}
