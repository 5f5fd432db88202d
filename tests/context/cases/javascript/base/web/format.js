export function money(cents, currency) {
  // cents is an integer; the currency is an ISO code
  return (cents / 100).toFixed(2) + " " + currency;
}

export function unused(text) {
  return text;
}
