/** A function from values to pixels: `low` at 0, `high` at `pixels`. */
export function scale(low, high, pixels) {
  const span = high - low || 1;
  return (value) => ((value - low) / span) * pixels;
}
