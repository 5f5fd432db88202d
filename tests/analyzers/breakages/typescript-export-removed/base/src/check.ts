import { MAX, MIN } from "./limits.js";

export const ok = (n: number) => n >= MIN && n <= MAX;
