function invert(table) {
  const out = {};
  for (const key in table) {
    out[table[key]] = table[key];
  }
  return out;
}
module.exports = invert;
