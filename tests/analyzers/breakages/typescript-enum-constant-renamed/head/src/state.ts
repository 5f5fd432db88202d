export enum State {
  Open,
  Shut,
}
