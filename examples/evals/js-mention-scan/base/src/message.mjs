export class Message {
  constructor(author, text, sent = new Date()) {
    this.author = author;
    this.text = text;
    this.sent = sent;
  }
}
