function withTag(list, tag) {
  const out = list;
  out.push(tag);
  return out;
}
module.exports = withTag;
