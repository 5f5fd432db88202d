/** What a door tells its listeners. */
const Events = Object.freeze({ OPENED: "opened", CLOSED: "closed", RING: "ring" });

module.exports = { Events };
