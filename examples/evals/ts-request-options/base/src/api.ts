import { request, type Request } from "./request.js";

export const list = (): Request => request("/items");
export const create = (): Request => request("/items", "POST");
export const report = (): Request => request("/report", "GET", 60000, 2);
