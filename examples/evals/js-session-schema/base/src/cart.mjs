import { readSession, writeSession } from "./sessions.mjs";

export function addToCart(store, id, article) {
  const session = readSession(store, id);
  if (session === null) {
    throw new Error("the session has ended");
  }
  session.cart.push(article);
  writeSession(store, id, session);
  return session.cart.length;
}
