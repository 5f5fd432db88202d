import { randomUUID } from "node:crypto";

/** Sessions as JSON texts in `store`, which is a Map or behaves like one. */
export function createSession(store, user) {
  const id = randomUUID();
  writeSession(store, id, { user, cart: [] });
  return id;
}

export function readSession(store, id) {
  const text = store.get(id);
  return text === undefined ? null : JSON.parse(text);
}

export function writeSession(store, id, session) {
  store.set(id, JSON.stringify(session));
}
