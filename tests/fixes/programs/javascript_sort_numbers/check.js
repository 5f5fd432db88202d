const assert = require("node:assert");
const f = require("./sort_numbers.js");
assert.ok(f([2, 1]).join() === "1,2");
if (process.argv[2] === "all") {
  assert.ok(f([10, 9, 1]).join() === "1,9,10");
}
