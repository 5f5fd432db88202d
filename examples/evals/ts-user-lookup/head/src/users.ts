export interface User {
  id: number;
  name: string;
  email: string;
}

export class Users {
  private readonly known = new Map<number, User>();
  private readonly byEmail = new Map<string, User>();

  add(user: User): void {
    this.known.set(user.id, user);
    this.byEmail.set(user.email.toLowerCase(), user);
  }

  /** The user with this number; undefined if there is none. */
  find(id: number): User | undefined {
    return this.known.get(id);
  }

  /** The user with this address, whatever its case; undefined if there is none. */
  findByEmail(email: string): User | undefined {
    return this.byEmail.get(email.toLowerCase());
  }
}
