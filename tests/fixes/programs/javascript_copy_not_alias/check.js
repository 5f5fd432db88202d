const assert = require("node:assert");
const f = require("./copy_not_alias.js");
assert.ok(f([1], 2).join() === "1,2");
if (process.argv[2] === "all") {
  assert.ok((() => { const a = [1]; f(a, 2); return a.length === 1; })());
}
