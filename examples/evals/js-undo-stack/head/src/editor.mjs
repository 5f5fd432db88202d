import { History } from "./history.mjs";

export class Editor {
  #history = new History("");

  get text() {
    return this.#history.current;
  }

  insert(at, part) {
    this.#history.push(this.text.slice(0, at) + part + this.text.slice(at));
  }

  remove(at, length) {
    this.#history.push(this.text.slice(0, at) + this.text.slice(at + length));
  }

  undo() {
    this.#history.undo();
  }

  redo() {
    this.#history.redo();
  }
}
