import { merge } from "./merge.mjs";

const DEFAULTS = { server: { host: "127.0.0.1", port: 8080 }, log: { level: "info", to: [] } };

export function settings(...layers) {
  let result = JSON.parse(JSON.stringify(DEFAULTS));
  for (const layer of layers) {
    result = merge(result, JSON.parse(JSON.stringify(layer)));
  }
  return result;
}
