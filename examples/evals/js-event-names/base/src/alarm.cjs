function alarm(door, { after, raise, setTimer = setTimeout, clearTimer = clearTimeout }) {
  let timer = null;
  door.on("opened", () => {
    timer = setTimer(raise, after);
  });
  door.on("closed", () => {
    clearTimer(timer);
    timer = null;
  });
}

module.exports = { alarm };
