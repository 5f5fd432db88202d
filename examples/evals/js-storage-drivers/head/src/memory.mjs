/** A driver has put(key, bytes), get(key), which gives null for what it does not have, and delete(key). */
export class MemoryDriver {
  #blobs = new Map();

  async put(key, bytes) {
    this.#blobs.set(key, Buffer.from(bytes));
  }

  async get(key) {
    return this.#blobs.get(key) ?? null;
  }

  async delete(key) {
    this.#blobs.delete(key);
  }
}
