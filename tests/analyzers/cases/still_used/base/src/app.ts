import { Cart, checkout, MAX_ITEMS } from './cart';

export function run(cart: Cart): string {
  if (cart.subtotal(1) > 3) {
    return checkout(cart, 'x');
  }
  return checkout(new Cart(), `${MAX_ITEMS}`);
}
