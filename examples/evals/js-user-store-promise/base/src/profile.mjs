export async function profile(users, id) {
  const user = users.find(id);
  if (user === null) {
    return { status: 404 };
  }
  const badge = users.isAdmin(id) ? "administrator" : null;
  return { status: 200, body: { name: user.name, badge } };
}
