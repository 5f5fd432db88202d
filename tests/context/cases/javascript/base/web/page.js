import { cartTotal } from "./cart";

export class Page {
  render(items) {
    const label = cartTotal(items) + " items";
    return label;
  }
}
