const assert = require("node:assert");
const f = require("./falsy_zero.js");
assert.ok(f({}) === 10 && f({ limit: 2 }) === 2);
if (process.argv[2] === "all") {
  assert.ok(f({ limit: 0 }) === 0);
}
