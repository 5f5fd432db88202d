export class Warehouse {
  constructor() {
    this.toPack = [];
  }

  watch(order) {
    order.on("payment:accepted", ({ order: { id } }) => this.toPack.push(id));
    order.on("shipped", ({ order: { id } }) => {
      this.toPack = this.toPack.filter((other) => other !== id);
    });
  }
}
