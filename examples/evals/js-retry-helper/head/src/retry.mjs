/**
 * Calls `work` until it does not reject, `attempts` times at most, and gives what it gave. Between two calls it sleeps
 * `delay` milliseconds, and twice as long each time. The error of the last call is the one that is thrown.
 */
export async function retry(work, { attempts, delay, sleep }) {
  for (let left = attempts - 1; ; left--) {
    try {
      return await work(); // without await, a rejection would not be caught here
    } catch (error) {
      if (left <= 0) {
        throw error;
      }
    }
    await sleep(delay);
    delay *= 2;
  }
}
