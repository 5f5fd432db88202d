import { money as show } from "./format";

export function cartTotal(items) {
  return items.length;
}
