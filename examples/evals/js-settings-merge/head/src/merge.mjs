/** A copy of `base` with `over` laid over it; objects are merged, everything else is replaced. */
export function merge(base, over) {
  const result = { ...base };
  for (const [key, value] of Object.entries(over)) {
    if (key === "__proto__") continue;
    // What `base` inherits is not a setting: without hasOwn, "constructor" would be merged into Object itself.
    const current = Object.hasOwn(result, key) ? result[key] : undefined;
    result[key] = isPlain(value) ? merge(isPlain(current) ? current : {}, value) : copied(value);
  }
  return result;
}

function copied(value) {
  return Array.isArray(value) ? value.map((item) => (isPlain(item) ? merge({}, item) : copied(item))) : value;
}

function isPlain(value) {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
