export const MAX = 10;
export const MIN = 1;
