const assert = require("node:assert");
const f = require("./swap_keys.js");
assert.ok(Object.keys(f({ a: "x" })).join() === "x");
if (process.argv[2] === "all") {
  assert.ok(f({ a: "x" }).x === "a");
}
