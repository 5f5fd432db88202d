export function price(cents: number): string {
  return String(cents);
}
