import { State } from "./state.js";

export const shut = (s: State) => s === State.Closed;
