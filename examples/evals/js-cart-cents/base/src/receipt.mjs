import { catalog } from "./catalog.mjs";
import { total } from "./cart.mjs";

export function receipt(items, voucher = null) {
  const lines = items.map(({ number, quantity }) => {
    const { name, price } = catalog.get(number);
    return `${quantity} × ${name} ${(price * quantity).toFixed(2)}`;
  });
  return [...lines, `Total ${total(items, voucher).toFixed(2)}`].join("\n");
}
