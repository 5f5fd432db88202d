export interface Summary {
  count: number;
  mean: number;
}

/** A summary of latencies in milliseconds. */
export function summarize(samples: readonly number[]): Summary {
  const sum = samples.reduce((total, each) => total + each, 0);
  return { count: samples.length, mean: samples.length === 0 ? 0 : sum / samples.length };
}
