import { DirectoryDriver } from "./directory.mjs";
import { MemoryDriver } from "./memory.mjs";

/** The driver of `memory:` or of a directory's path. */
export function openDriver(place = "memory:") {
  return place === "memory:" ? new MemoryDriver() : new DirectoryDriver(place);
}
