/** The settings of `name = value` lines; an error for any other line. */
export function parse(text: string): Map<string, string> {
  const found = new Map<string, string>();
  text.split("\n").forEach((line, index) => {
    if (line.trim() === "" || line.startsWith("#")) {
      return;
    }
    const at = line.indexOf("=");
    if (at < 1) {
      throw new Error(`line ${index + 1}: no name`);
    }
    found.set(line.slice(0, at).trim(), line.slice(at + 1).trim());
  });
  return found;
}
