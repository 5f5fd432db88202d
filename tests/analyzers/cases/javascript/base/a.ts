export async function save(x: number) { await db.put(x); }
