import { Store } from "./store.js";

const store = new Store();
export const one = store.lookUp(1);
