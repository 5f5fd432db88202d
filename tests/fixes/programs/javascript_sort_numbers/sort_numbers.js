function sorted(values) {
  const copy = values.slice();
  copy.sort();
  return copy;
}
module.exports = sorted;
