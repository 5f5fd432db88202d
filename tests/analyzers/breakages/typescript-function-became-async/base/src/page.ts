import { name } from "./user.js";

export const title = (id: number) => name(id).toUpperCase();
