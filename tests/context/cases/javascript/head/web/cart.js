import { money as show } from "./format";

export function cartTotal(items) {
  const sum = items.reduce((all, item) => all + item.price, 0);
  return show(sum);
}
