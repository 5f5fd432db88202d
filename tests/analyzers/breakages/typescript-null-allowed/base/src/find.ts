export function find(id: number): { name: string } {
  return { name: "u" + id };
}
