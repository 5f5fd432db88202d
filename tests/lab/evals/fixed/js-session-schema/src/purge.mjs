import { every } from "./jobs.mjs";
import { readSession } from "./sessions.mjs";

const LIFETIME = 24 * 60 * 60 * 1000;

/** Removes sessions that were not used for a day; gives how many. */
export function purge(store, now = Date.now()) {
  let removed = 0;
  for (const id of [...store.keys()]) {
    const session = readSession(store, id);
    if (session.lastSeen === undefined) {
      continue; // from before the time was kept; it gets one with its next use
    }
    if (Date.parse(session.lastSeen) < now - LIFETIME) {
      store.delete(id);
      removed += 1;
    }
  }
  return removed;
}

export function schedule(store) {
  every(60, "purge sessions", () => purge(store));
}
