export function createApp(routes) {
  return async function app(request) {
    const handler = routes[`${request.method} ${request.path}`];
    if (handler === undefined) {
      return { status: 404, headers: {}, body: "not found" };
    }
    return { status: 200, headers: {}, body: await handler(request) };
  };
}
