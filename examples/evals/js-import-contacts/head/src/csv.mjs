/** Records of a CSV text with a header line. Quotes work as in RFC 4180, line ends inside of them included. */
export function parse(text) {
  const rows = [];
  let row = [""];
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c !== '"') row[row.length - 1] += c;
      else if (text[i + 1] === '"') row[row.length - 1] += text[i++];
      else quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === ",") row.push("");
    else if (c === "\n") {
      rows.push(row);
      row = [""];
    } else if (c !== "\r") row[row.length - 1] += c;
  }
  if (row.length > 1 || row[0] !== "") rows.push(row);
  const [header = [], ...records] = rows;
  return records.map((values) => Object.fromEntries(header.map((name, i) => [name.trim().toLowerCase(), values[i] ?? ""])));
}
