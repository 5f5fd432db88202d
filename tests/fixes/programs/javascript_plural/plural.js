function plural(count, word) {
  if (count > 1) {
    return `${count} ${word}s`;
  }
  return `${count} ${word}`;
}
module.exports = plural;
