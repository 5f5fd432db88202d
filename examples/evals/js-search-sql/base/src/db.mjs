/** Runs a query through `driver.all(sql, values)`. */
export function createDb(driver) {
  return { all: (sql, values = []) => driver.all(sql, values) };
}
