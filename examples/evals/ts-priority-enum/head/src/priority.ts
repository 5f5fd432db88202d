/** Priorities of tickets. */
export enum Priority {
  Low,
  Normal,
  Elevated,
  High,
}

const LABELS: Record<Priority, string> = {
  [Priority.Low]: "low",
  [Priority.Normal]: "normal",
  [Priority.Elevated]: "elevated",
  [Priority.High]: "high",
};

export function label(priority: Priority): string {
  return LABELS[priority] ?? "unknown";
}
