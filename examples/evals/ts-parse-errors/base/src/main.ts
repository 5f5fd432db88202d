import { parse } from "./parse.js";

/** How many settings there are, or what is wrong. */
export function check(text: string): string {
  try {
    return `${parse(text).size} settings`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
