export class Store {
  lookUp(id: number): number {
    return id;
  }
}
