const { Events } = require("./events.cjs");

function journal(door, clock = () => new Date()) {
  const lines = [];
  const note = (text) => lines.push(`${clock().toISOString()} ${text}`);
  door.on(Events.OPENED, ({ who }) => note(`opened by ${who}`));
  door.on(Events.CLOSED, () => note("closed"));
  door.on(Events.RING, ({ who }) => note(`${who} rings`));
  return lines;
}

module.exports = { journal };
