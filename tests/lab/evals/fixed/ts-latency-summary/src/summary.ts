export interface Summary {
  count: number;
  mean: number;
  p50: number;
  p95: number;
}

/** The smallest sample that is at least as large as the given share of all. */
function percentile(sorted: readonly number[], share: number): number {
  if (sorted.length === 0) {
    return 0;
  }
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}

/** A summary of latencies in milliseconds. */
export function summarize(samples: readonly number[]): Summary {
  const sum = samples.reduce((total, each) => total + each, 0);
  const sorted = [...samples].sort((one, other) => one - other);
  return {
    count: samples.length,
    mean: samples.length === 0 ? 0 : sum / samples.length,
    p50: percentile(sorted, 0.5),
    p95: percentile(sorted, 0.95),
  };
}
