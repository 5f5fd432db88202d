/**
 * Calls `work(item, index)` for every item, at most `limit` at a time, and gives the results in the order of the items.
 * After the first failure nothing new is begun; the promise is rejected with it.
 */
export async function mapLimited(items, limit, work) {
  const list = [...items];
  const results = new Array(list.length);
  let next = 0;
  let failed = false;

  async function lane() {
    while (next < list.length && !failed) {
      const index = next++; // no await between reading and counting up: lanes never take the same item
      try {
        results[index] = await work(list[index], index);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  }

  await Promise.all(Array.from({ length: Math.min(limit, list.length) }, lane));
  return results;
}
