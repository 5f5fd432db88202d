/** States one after the other, and where in them we are. */
export class History {
  #states;
  #index = 0;

  constructor(first, limit = 100) {
    this.#states = [first];
    this.limit = limit;
  }

  get current() {
    return this.#states[this.#index];
  }

  get canUndo() {
    return this.#index > 0;
  }

  get canRedo() {
    return this.#index < this.#states.length - 1;
  }

  /** Adds a state after the current one; what could be redone is gone. */
  push(state) {
    this.#states = [...this.#states.slice(0, this.#index + 1), state];
    if (this.#states.length > this.limit) {
      this.#states.shift();
    }
    this.#index = this.#states.length - 1;
  }

  undo() {
    if (this.canUndo) this.#index -= 1;
    return this.current;
  }

  redo() {
    if (this.canRedo) this.#index += 1;
    return this.current;
  }
}
