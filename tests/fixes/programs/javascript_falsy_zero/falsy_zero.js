function limit(options) {
  const wanted = options.limit || 10;
  return wanted;
}
module.exports = limit;
