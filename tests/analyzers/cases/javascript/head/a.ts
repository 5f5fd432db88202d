export async function save(x: number) { await db.put(x); }
export async function run(name: string) {
  try { save(1); } catch (e) { }
  if (typeof name === 'strng') { }
  return db.query(`SELECT * FROM t WHERE n = '${name}'`);
}
