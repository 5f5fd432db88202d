const assert = require("node:assert");
const f = require("./parse_radix.js");
assert.ok(f("7").join() === "7");
if (process.argv[2] === "all") {
  assert.ok(f("1 2 3").join() === "1,2,3");
}
