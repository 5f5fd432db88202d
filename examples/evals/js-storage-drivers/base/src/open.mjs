import { MemoryDriver } from "./memory.mjs";

export function openDriver() {
  return new MemoryDriver();
}
