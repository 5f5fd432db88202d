import { cartTotal } from "./cart";

test("empty cart", () => {
  expect(cartTotal([])).toBe(0);
});
