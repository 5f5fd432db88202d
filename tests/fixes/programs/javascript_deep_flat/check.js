const assert = require("node:assert");
const f = require("./deep_flat.js");
assert.ok(f({}) === 1);
if (process.argv[2] === "all") {
  assert.ok(f({ children: [{}, {}] }) === 3);
}
