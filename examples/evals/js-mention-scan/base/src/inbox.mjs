export class Inbox {
  #messages = [];

  receive(message) {
    this.#messages.push(message);
  }

  from(author) {
    return this.#messages.filter((message) => message.author === author);
  }

  get all() {
    return [...this.#messages];
  }
}
