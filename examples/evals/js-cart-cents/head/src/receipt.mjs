import { catalog } from "./catalog.mjs";
import { total } from "./cart.mjs";

const euro = (cents) => (cents / 100).toFixed(2);

export function receipt(items, voucher = null) {
  const lines = items.map(({ number, quantity }) => {
    const { name, price } = catalog.get(number);
    return `${quantity} × ${name} ${euro(price * quantity)}`;
  });
  return [...lines, `Total ${euro(total(items, voucher))}`].join("\n");
}
