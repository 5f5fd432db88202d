import type { ProjectEvent } from "./events.js";

/** The projects that exist after these events. */
export function existing(events: readonly ProjectEvent[]): string[] {
  const found = new Set<string>();
  for (const event of events) {
    if (event.kind === "created") {
      found.add(event.project);
    } else {
      found.delete(event.project);
    }
  }
  return [...found];
}
