/** `buckets` limits what a client may do; `costs` says which routes count more than once. */
export function createApp(routes, { buckets = null, costs = {} } = {}) {
  return async function app(request) {
    const route = `${request.method} ${request.path}`;
    const handler = routes[route];
    if (handler === undefined) {
      return { status: 404, headers: {}, body: "not found" };
    }
    const cost = costs[route] ?? 1;
    if (buckets !== null && !buckets.allow(request.address, cost)) {
      return { status: 429, headers: { "retry-after": String(Math.ceil(cost / buckets.perSecond)) }, body: "slow down" };
    }
    return { status: 200, headers: {}, body: await handler(request) };
  };
}
