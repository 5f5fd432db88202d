export class Store {
  load(id: number): number {
    return id;
  }
}
