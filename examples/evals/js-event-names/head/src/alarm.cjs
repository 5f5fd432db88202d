const { Events } = require("./events.cjs");

function alarm(door, { after, raise, setTimer = setTimeout, clearTimer = clearTimeout }) {
  let timer = null;
  door.on(Events.OPENED, () => {
    timer = setTimer(raise, after);
  });
  door.on(Events.CLOSED, () => {
    clearTimer(timer);
    timer = null;
  });
}

module.exports = { alarm };
