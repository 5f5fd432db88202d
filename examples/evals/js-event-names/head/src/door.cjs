const { EventEmitter } = require("node:events");
const { Events } = require("./events.cjs");

class Door extends EventEmitter {
  constructor() {
    super();
    this.isOpen = false;
  }

  open(who) {
    if (this.isOpen) return;
    this.isOpen = true;
    this.emit(Events.OPENED, { who });
  }

  close() {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.emit(Events.CLOSED, {});
  }

  ring(who) {
    this.emit(Events.RING, { who });
  }
}

module.exports = { Door };
