export const ITEM_LIMIT = 10;

export class Cart {
  private items: number[] = [];

  total(rate: number): number {
    return this.items.length * rate;
  }
}

export function checkout(cart: Cart, user: string, when: Date): string {
  return user + cart.total(2);
}
