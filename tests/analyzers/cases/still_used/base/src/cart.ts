export const MAX_ITEMS = 10;

export class Cart {
  private items: number[] = [];

  subtotal(rate: number): number {
    return this.items.length * rate;
  }
}

export function checkout(cart: Cart, user: string): string {
  return user + cart.subtotal(2);
}
