const STEPS = [1, 2, 5, 10];

/** The bounds of an axis: those of the options where they are given, else those of the values. */
export function bounds(values, options = {}) {
  const low = options.min ?? Math.min(...values);
  const high = options.max ?? Math.max(...values);
  if (low > high) {
    throw new RangeError(`the axis begins at ${low} and ends at ${high}`);
  }
  return { low, high };
}

/** Round values within the bounds, `count` of them or a few less. */
export function ticks({ low, high }, count = 5) {
  if (high === low) {
    return [low];
  }
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = STEPS.find((candidate) => candidate * power >= rough) * power;
  const result = [];
  for (let n = Math.ceil(low / step); n * step <= high; n++) {
    result.push(Number((n * step).toPrecision(12)));
  }
  return result;
}
