/**
 * The value below which `share` (0 to 1) of the samples lie, by the nearest rank: always one of the samples.
 * Gives 0 when there are none.
 */
function percentile(samples, share) {
  if (samples.length === 0) {
    return 0;
  }
  const sorted = [...samples].sort((a, b) => a - b);
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1];
}

function summary(samples) {
  return {
    count: samples.length,
    p50: percentile(samples, 0.5),
    p95: percentile(samples, 0.95),
    p99: percentile(samples, 0.99),
  };
}

module.exports = { percentile, summary };
