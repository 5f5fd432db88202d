class Recorder {
  constructor() {
    this.samples = new Map();
  }

  record(route, ms) {
    if (!this.samples.has(route)) this.samples.set(route, []);
    this.samples.get(route).push(ms);
  }

  mean(route) {
    const samples = this.samples.get(route) ?? [];
    return samples.length === 0 ? 0 : samples.reduce((sum, ms) => sum + ms, 0) / samples.length;
  }
}

module.exports = { Recorder };
