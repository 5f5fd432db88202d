export const routes = {
  "GET /ping": async () => "pong",
  "POST /export": async ({ body }) => `exporting ${body}`,
};

export const costs = { "POST /export": 10 };
