export function find(id: number): { name: string } | undefined {
  return id > 0 ? { name: "u" + id } : undefined;
}
