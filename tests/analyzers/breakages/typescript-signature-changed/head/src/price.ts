export function price(cents: number, currency: string): string {
  return currency + cents;
}
