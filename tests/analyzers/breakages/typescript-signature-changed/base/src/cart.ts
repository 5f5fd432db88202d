import { price } from "./price.js";

export const total = () => price(100);
