/** A line that cannot be read; `line` counts from 1. */
export class ParseError extends Error {
  readonly line: number;

  constructor(line: number, why: string) {
    super(`line ${line}: ${why}`);
    this.name = "ParseError";
    this.line = line;
  }
}

function split(line: string, number: number): [string, string] {
  const at = line.indexOf("=");
  if (at < 1) {
    throw new ParseError(number, "no name");
  }
  return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
}

/** The settings of `name = value` lines; a ParseError for any other line. */
export function parse(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() !== "" && !line.startsWith("#")) {
      found.set(...split(line, index + 1));
    }
  }
  return found;
}
