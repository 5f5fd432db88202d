import { createHash } from "node:crypto";

const BLANK = Buffer.from("blank");

export class Avatars {
  constructor(driver) {
    this.driver = driver;
  }

  async save(user, image) {
    await this.driver.put(keyOf(user), image);
  }

  async load(user) {
    return (await this.driver.get(keyOf(user))) ?? BLANK;
  }

  async clear(user) {
    await this.driver.delete(keyOf(user));
  }
}

function keyOf(user) {
  return createHash("sha256").update(`avatar:${user}`).digest("hex");
}
