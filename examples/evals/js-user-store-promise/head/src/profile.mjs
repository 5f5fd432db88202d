export async function profile(users, id) {
  const user = await users.find(id);
  if (user === null) {
    return { status: 404 };
  }
  const badge = (await users.isAdmin(id)) ? "administrator" : null;
  return { status: 200, body: { name: user.name, badge } };
}
