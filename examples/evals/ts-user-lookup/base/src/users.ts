export interface User {
  id: number;
  name: string;
  email: string;
}

const NOBODY: User = { id: 0, name: "nobody", email: "" };

export class Users {
  private readonly known = new Map<number, User>();

  add(user: User): void {
    this.known.set(user.id, user);
  }

  find(id: number): User {
    return this.known.get(id) ?? NOBODY;
  }
}
