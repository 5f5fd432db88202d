export type ProjectEvent =
  | { kind: "created"; project: string }
  | { kind: "archived"; project: string; by: string }
  | { kind: "restored"; project: string; by: string }
  | { kind: "deleted"; project: string };

export const created = (project: string): ProjectEvent => ({ kind: "created", project });
export const deleted = (project: string): ProjectEvent => ({ kind: "deleted", project });

/** An archived project exists, but nobody can change it until it is restored. */
export const archived = (project: string, by: string): ProjectEvent => ({
  kind: "archived",
  project,
  by,
});
export const restored = (project: string, by: string): ProjectEvent => ({
  kind: "restored",
  project,
  by,
});
