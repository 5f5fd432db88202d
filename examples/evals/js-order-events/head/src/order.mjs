import { EventEmitter } from "node:events";

export class Order extends EventEmitter {
  constructor(id, customer, total) {
    super();
    this.id = id;
    this.customer = customer;
    this.total = total;
    this.state = "new";
  }

  pay(amount, reference = null) {
    if (this.state !== "new") {
      throw new Error(`order ${this.id} is ${this.state}`);
    }
    if (amount < this.total) {
      this.emit("payment:refused", { order: this, amount, reference });
      throw new RangeError(`order ${this.id} costs ${this.total}`);
    }
    this.state = "paid";
    this.emit("payment:accepted", { order: this, amount, reference });
  }

  ship() {
    if (this.state !== "paid") {
      throw new Error(`order ${this.id} is ${this.state}`);
    }
    this.state = "shipped";
    this.emit("shipped", { order: this });
  }
}
