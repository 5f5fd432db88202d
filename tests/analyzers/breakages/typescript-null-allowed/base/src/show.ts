import { find } from "./find.js";

export const show = (id: number) => find(id).name;
