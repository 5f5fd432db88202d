export class Warehouse {
  constructor() {
    this.toPack = [];
  }

  watch(order) {
    order.on("paid", ({ order: { id } }) => this.toPack.push(id));
    order.on("shipped", ({ order: { id } }) => {
      this.toPack = this.toPack.filter((other) => other !== id);
    });
  }
}
