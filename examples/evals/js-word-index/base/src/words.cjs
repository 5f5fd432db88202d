function words(text) {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) || [];
}

module.exports = { words };
