function report(recorder) {
  const lines = [];
  for (const route of [...recorder.samples.keys()].sort()) {
    lines.push(`${route}  mean ${recorder.mean(route).toFixed(1)} ms`);
  }
  return lines.join("\n");
}

module.exports = { report };
