export interface Shape {
  area(): number;
  edges(): number;
}
