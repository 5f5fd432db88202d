import { catalog } from "./catalog.mjs";
import { reduction } from "./vouchers.mjs";

const FREE_FROM = 50;
const SHIPPING = 4.9;

export function total(items, voucher = null) {
  let sum = 0;
  for (const { number, quantity } of items) {
    sum += catalog.get(number).price * quantity;
  }
  sum -= reduction(voucher, sum);
  const shipping = sum >= FREE_FROM ? 0 : SHIPPING;
  return sum + shipping;
}
