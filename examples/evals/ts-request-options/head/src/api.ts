import { request, type Request } from "./request.js";

export const list = (): Request => request("/items");
export const create = (): Request => request("/items", { method: "POST" });
export const report = (): Request => request("/report", { timeout: 60000, retries: 2 });
