/** A bucket of tokens per key: `capacity` at most, `perSecond` come back. */
export class Buckets {
  #buckets = new Map();

  constructor(capacity, perSecond, clock = Date.now) {
    this.capacity = capacity;
    this.perSecond = perSecond;
    this.clock = clock;
  }

  /** Takes `cost` tokens of `key` and gives true, or leaves them and gives false. */
  allow(key, cost = 1) {
    const now = this.clock();
    const bucket = this.#buckets.get(key) ?? { tokens: this.capacity, at: now };
    const tokens = Math.min(this.capacity, bucket.tokens + ((now - bucket.at) / 1000) * this.perSecond);
    const refused = tokens < cost;
    this.#buckets.set(key, { tokens: refused ? tokens : tokens - cost, at: now });
    return !refused;
  }

  /** Forgets keys that are full again: they are as good as new. */
  sweep() {
    const now = this.clock();
    for (const [key, { tokens, at }] of this.#buckets) {
      if (tokens + ((now - at) / 1000) * this.perSecond >= this.capacity) {
        this.#buckets.delete(key);
      }
    }
  }

  get size() {
    return this.#buckets.size;
  }
}
