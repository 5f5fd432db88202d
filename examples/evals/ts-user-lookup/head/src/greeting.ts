import type { Users } from "./users.js";

export function greeting(users: Users, id: number): string {
  const user = users.find(id);
  return `Hello ${user.name}!`;
}
