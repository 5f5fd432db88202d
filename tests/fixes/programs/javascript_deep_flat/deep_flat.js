function count(tree) {
  let total = 1;
  for (const child of tree.children || []) {
    total = count(child);
  }
  return total;
}
module.exports = count;
