import { concerns, hasMention, mentions } from "./mentions.mjs";

export class Inbox {
  #messages = [];

  receive(message) {
    this.#messages.push(message);
  }

  from(author) {
    return this.#messages.filter((message) => message.author === author);
  }

  /** Messages that mention somebody, newest first. */
  withMentions() {
    return this.#messages.filter((message) => hasMention(message.text)).reverse();
  }

  /** Messages of others that mention `name`, or everyone. */
  concerning(name) {
    return this.#messages.filter((message) => message.author !== name && concerns(message.text, name));
  }

  /** How often each name is mentioned. */
  counts() {
    const result = new Map();
    for (const { text } of this.#messages) {
      for (const name of mentions(text)) {
        result.set(name, (result.get(name) ?? 0) + 1);
      }
    }
    return result;
  }

  get all() {
    return [...this.#messages];
  }
}
