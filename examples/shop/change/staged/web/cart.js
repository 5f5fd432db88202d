// The cart on the page: prices come from the server as whole cents.

export function formatPrice(cents, currency = "EUR") {
  return `${(cents / 100).toFixed(2)} ${currency}`;
}

export function countItems(lines) {
  return lines.reduce((sum, line) => sum + line.quantity, 0);
}

export function pages(lines, size) {
  const result = [];
  for (let first = 0; first <= lines.length; first += size) {
    result.push(lines.slice(first, first + size));
  }
  return result;
}

export function render(lines, list) {
  list.replaceChildren(
    ...lines.map((line) => {
      const item = document.createElement("li");
      item.textContent = `${line.quantity} × ${line.name}: ${formatPrice(line.amount)}`;
      return item;
    }),
  );
}
