/** `over` laid over `base`; objects are merged, everything else is replaced. Gives `base`. */
export function merge(base, over) {
  for (const key of Object.keys(over)) {
    if (key === "__proto__") continue;
    if (isPlain(base[key]) && isPlain(over[key])) {
      merge(base[key], over[key]);
    } else {
      base[key] = over[key];
    }
  }
  return base;
}

function isPlain(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
