export async function name(id: number): Promise<string> {
  return "u" + id;
}
