export class Store {
  fetch(id: number): number {
    return id;
  }
}
