/** Every `step`-th pixel of every `step`-th row. */
export function resize(rows, step) {
  return rows.filter((_, y) => y % step === 0).map((row) => row.filter((_, x) => x % step === 0));
}
