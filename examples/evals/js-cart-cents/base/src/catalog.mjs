/** Articles by number; prices in euro. */
export const catalog = new Map([
  ["tea", { name: "Tea", price: 4.5 }],
  ["pot", { name: "Teapot", price: 39.9 }],
  ["cup", { name: "Cup", price: 7.25 }],
]);
