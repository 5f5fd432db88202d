/** Priorities of tickets. Their numbers are stored. */
export enum Priority {
  Low,
  Normal,
  High,
}

export function label(priority: Priority): string {
  return ["low", "normal", "high"][priority] ?? "unknown";
}
