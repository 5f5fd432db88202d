// A name begins after the start of the text or a character that cannot stand in an address.
const MENTION = /(?<![\w@.])@([a-z][a-z0-9_-]{1,31})\b/gi;

export const EVERYONE = "all";

/** Whether anybody is mentioned at all. */
export function hasMention(text) {
  return text.search(MENTION) >= 0;
}

/** The names that are mentioned, in lower case, each once, in the order of the text. */
export function mentions(text) {
  return [...new Set(Array.from(text.matchAll(MENTION), ([, name]) => name.toLowerCase()))];
}

export function concerns(text, name) {
  const names = mentions(text);
  return names.includes(name.toLowerCase()) || names.includes(EVERYONE);
}
