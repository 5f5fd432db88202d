export async function removeUser(users, actor, id, log) {
  if (!(await users.isAdmin(actor))) {
    return { status: 403 };
  }
  const removed = await users.remove(id);
  if (removed) {
    log(`${actor} removed ${id}`);
  }
  return { status: removed ? 204 : 404 };
}
