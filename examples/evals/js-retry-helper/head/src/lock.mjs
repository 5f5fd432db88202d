import { retry } from "./retry.mjs";

class Taken extends Error {
  constructor() {
    super("the lock is taken");
  }
}

/** Takes a lock; `tryLock()` gives a function that gives it back, or null while somebody else has it. */
export async function lock(tryLock, sleep) {
  let failure = null; // what tryLock rejects with is not tried again
  const release = await retry(
    async () => {
      let got;
      try {
        got = await tryLock();
      } catch (error) {
        failure = { error };
        return null;
      }
      if (got === null) {
        throw new Taken();
      }
      return got;
    },
    { attempts: 6, delay: 50, sleep },
  );
  if (failure !== null) {
    throw failure.error;
  }
  return release;
}
