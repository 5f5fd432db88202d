import { merge } from "./merge.mjs";

const DEFAULTS = { server: { host: "127.0.0.1", port: 8080 }, log: { level: "info", to: [] } };

export function settings(...layers) {
  return [DEFAULTS, ...layers].reduce(merge, {});
}
