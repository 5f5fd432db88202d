function toBytes(text) {
  return text.split(" ").map(parseInt);
}
module.exports = toBytes;
