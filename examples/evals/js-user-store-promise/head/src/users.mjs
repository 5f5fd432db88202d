/** Users in a key-value database: `get(key)`, `set(key, value)` and `delete(key)` give promises. */
export class Users {
  #db;

  constructor(db) {
    this.#db = db;
  }

  async add(id, name, roles = []) {
    await this.#db.set(`user:${id}`, { id, name, roles });
  }

  async find(id) {
    return (await this.#db.get(`user:${id}`)) ?? null;
  }

  async isAdmin(id) {
    const user = await this.find(id);
    return user?.roles.includes("admin") ?? false;
  }

  async remove(id) {
    return this.#db.delete(`user:${id}`);
  }
}
