/** Articles by number; prices in cents: sums of euro as floating point numbers are not exact. */
export const catalog = new Map([
  ["tea", { name: "Tea", price: 450 }],
  ["pot", { name: "Teapot", price: 3990 }],
  ["cup", { name: "Cup", price: 725 }],
]);
