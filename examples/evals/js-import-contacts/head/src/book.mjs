/** A contact book on a database with asynchronous put(key, value) and get(key). */
export class Book {
  constructor(db) {
    this.db = db;
  }

  async add({ name, email }) {
    const key = email.trim().toLowerCase();
    if (await this.db.get(key)) {
      return false;
    }
    await this.db.put(key, { name: name.trim(), email: key });
    return true;
  }
}
