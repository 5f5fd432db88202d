import { EventEmitter } from "node:events";

export class Order extends EventEmitter {
  constructor(id, customer, total) {
    super();
    this.id = id;
    this.customer = customer;
    this.total = total;
    this.state = "new";
  }

  pay(amount) {
    if (amount < this.total) {
      throw new RangeError(`order ${this.id} costs ${this.total}`);
    }
    this.state = "paid";
    this.emit("paid", { order: this, amount });
  }

  ship() {
    if (this.state !== "paid") {
      throw new Error(`order ${this.id} is ${this.state}`);
    }
    this.state = "shipped";
    this.emit("shipped", { order: this });
  }
}
