import { bounds, ticks } from "./axis.mjs";
import { scale } from "./scale.mjs";

/** Points of a line through the values, as text for an SVG polyline. */
export function line(values, { width = 300, height = 100, axis = {} } = {}) {
  const { low, high } = bounds(values, axis);
  const x = scale(0, values.length - 1, width);
  const y = scale(low, high, height);
  return values.map((value, index) => `${x(index).toFixed(1)},${(height - y(value)).toFixed(1)}`).join(" ");
}

/** The marks beside the vertical axis: their values and how far from the top they stand. */
export function marks(values, { height = 100, axis = {} } = {}) {
  const range = bounds(values, axis);
  const y = scale(range.low, range.high, height);
  return ticks(range).map((value) => ({ value, top: height - y(value) }));
}
