import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";

const KEY = /^[0-9a-f]{64}$/;

/** Blobs as files, in 256 folders by the first two digits of the key. */
export class DirectoryDriver {
  #root;

  constructor(root) {
    this.#root = root;
  }

  async put(key, bytes) {
    const target = this.#path(key);
    const temporary = `${target}.${randomUUID()}`;
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(temporary, bytes);
    await rename(temporary, target); // readers see the old blob or the new one, never half of it
  }

  async get(key) {
    try {
      return await readFile(this.#path(key));
    } catch (error) {
      if (error.code === "ENOENT") {
        return null;
      }
      throw error;
    }
  }

  async delete(key) {
    await rm(this.#path(key), { force: true });
  }

  #path(key) {
    if (!KEY.test(key)) {
      throw new TypeError(`bad key ${JSON.stringify(key)}`);
    }
    return path.join(this.#root, key.slice(0, 2), key);
  }
}
