import { fetchAll } from "./client.mjs";

export async function summary(get) {
  const items = await fetchAll(get);
  return { count: items.length, newest: items[0]?.id ?? null };
}
