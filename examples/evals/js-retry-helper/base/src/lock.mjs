/** Takes a lock; `tryLock()` gives a function that gives it back, or null while somebody else has it. */
export async function lock(tryLock, sleep) {
  let delay = 50;
  for (let attempt = 1; attempt <= 6; attempt++) {
    const release = await tryLock();
    if (release !== null) {
      return release;
    }
    if (attempt < 6) {
      await sleep(delay);
      delay *= 2;
    }
  }
  throw new Error("the lock is taken");
}
