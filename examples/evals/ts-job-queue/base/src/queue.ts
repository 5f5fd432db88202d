/** First in, first out. */
export class Queue<T> {
  private items: T[] = [];

  get size(): number {
    return this.items.length;
  }

  push(item: T): void {
    this.items.push(item);
  }

  /** The oldest item; undefined if there is none. */
  pop(): T | undefined {
    return this.items.shift();
  }
}
