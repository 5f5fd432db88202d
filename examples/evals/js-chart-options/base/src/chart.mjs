import { scale } from "./scale.mjs";

/** Points of a line through the values, as text for an SVG polyline. */
export function line(values, { width = 300, height = 100 } = {}) {
  const x = scale(0, values.length - 1, width);
  const y = scale(Math.min(...values), Math.max(...values), height);
  return values.map((value, index) => `${x(index).toFixed(1)},${(height - y(value)).toFixed(1)}`).join(" ");
}
