const assert = require("node:assert");
const f = require("./clamp.js");
assert.ok(f(3, 3, 3) === 3);
if (process.argv[2] === "all") {
  assert.ok(f(-5, 0, 3) === 0);
}
