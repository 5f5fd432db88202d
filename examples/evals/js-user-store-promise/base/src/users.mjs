export class Users {
  #rows = new Map();

  add(id, name, roles = []) {
    this.#rows.set(id, { id, name, roles });
  }

  find(id) {
    return this.#rows.get(id) ?? null;
  }

  isAdmin(id) {
    return this.#rows.get(id)?.roles.includes("admin") ?? false;
  }

  remove(id) {
    return this.#rows.delete(id);
  }
}
