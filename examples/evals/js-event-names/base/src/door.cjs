const { EventEmitter } = require("node:events");

class Door extends EventEmitter {
  constructor() {
    super();
    this.isOpen = false;
  }

  open(who) {
    if (this.isOpen) return;
    this.isOpen = true;
    this.emit("opened", { who });
  }

  close() {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.emit("closed", {});
  }

  ring(who) {
    this.emit("ring", { who });
  }
}

module.exports = { Door };
