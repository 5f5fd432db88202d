export function name(id: number): string {
  return "u" + id;
}
