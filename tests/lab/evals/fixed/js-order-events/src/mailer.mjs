export class Mailer {
  constructor(send) {
    this.send = send;
  }

  watch(order) {
    order.on("payment:accepted", ({ order: { id, customer }, amount }) => {
      this.send(customer, `Order ${id}: we received ${amount}.`);
    });
    order.on("shipped", ({ order: { id, customer } }) => {
      this.send(customer, `Order ${id} is on its way.`);
    });
  }
}
