const { summary } = require("./percentile.cjs");

function report(recorder) {
  const lines = [];
  for (const route of [...recorder.samples.keys()].sort()) {
    const { count, p50, p95, p99 } = summary(recorder.samples.get(route));
    const mean = recorder.mean(route).toFixed(1);
    lines.push(`${route}  n ${count}  mean ${mean} ms  p50 ${p50}  p95 ${p95}  p99 ${p99}`);
  }
  return lines.join("\n");
}

module.exports = { report };
