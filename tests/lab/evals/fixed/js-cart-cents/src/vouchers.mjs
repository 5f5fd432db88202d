/** Vouchers are { kind: "percent", value: 10 } or { kind: "fixed", value: 5 }, the latter in euro. */
export function reduction(voucher, sum) {
  if (voucher === null) {
    return 0;
  }
  if (voucher.kind === "percent") {
    return Math.round((sum * voucher.value) / 100);
  }
  return Math.min(Math.round(voucher.value * 100), sum);
}
