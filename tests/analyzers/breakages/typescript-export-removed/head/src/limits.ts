export const MAX = 10;
