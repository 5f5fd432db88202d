const KEPT = 1000; // per route: percentiles are those of the last requests

class Recorder {
  constructor(kept = KEPT) {
    this.kept = kept;
    this.samples = new Map();
  }

  record(route, ms) {
    if (!this.samples.has(route)) this.samples.set(route, []);
    const samples = this.samples.get(route);
    samples.push(ms);
    if (samples.length > this.kept) samples.shift();
  }

  mean(route) {
    const samples = this.samples.get(route) ?? [];
    return samples.length === 0 ? 0 : samples.reduce((sum, ms) => sum + ms, 0) / samples.length;
  }
}

module.exports = { Recorder };
