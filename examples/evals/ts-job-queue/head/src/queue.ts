const COMPACT = 64;

/** First in, first out. Taking an item does not move the others. */
export class Queue<T> {
  private items: T[] = [];
  private first = 0;

  get size(): number {
    return this.items.length - this.first;
  }

  push(item: T): void {
    this.items.push(item);
  }

  /** The oldest item; undefined if there is none. */
  pop(): T | undefined {
    if (this.first === this.items.length) {
      return undefined;
    }
    const item = this.items[this.first];
    this.first += 1;
    if (this.first >= COMPACT && this.first * 2 >= this.items.length) {
      this.items = this.items.slice(this.first);
      this.first = 0;
    }
    return item;
  }
}
