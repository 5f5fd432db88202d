function journal(door, clock = () => new Date()) {
  const lines = [];
  const note = (text) => lines.push(`${clock().toISOString()} ${text}`);
  door.on("opened", ({ who }) => note(`opened by ${who}`));
  door.on("closed", () => note("closed"));
  door.on("ring", ({ who }) => note(`${who} rings`));
  return lines;
}

module.exports = { journal };
