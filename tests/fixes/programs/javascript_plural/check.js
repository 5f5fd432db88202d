const assert = require("node:assert");
const f = require("./plural.js");
assert.ok(f(2, "file") === "2 files" && f(1, "file") === "1 file");
if (process.argv[2] === "all") {
  assert.ok(f(0, "file") === "0 files");
}
