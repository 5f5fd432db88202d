const g = require('./g')

/** Calls g. */
function call(a) {
  try {
    return g(a)
  } catch (e) { }
}

export async function main() {
  await call(1)
}
