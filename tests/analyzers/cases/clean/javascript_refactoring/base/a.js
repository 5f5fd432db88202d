function f(a) {
  try { return g(a) } catch (e) { }
}
export async function main() { await f(1) }
