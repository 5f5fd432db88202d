export type ProjectEvent =
  | { kind: "created"; project: string }
  | { kind: "deleted"; project: string };

export const created = (project: string): ProjectEvent => ({ kind: "created", project });
export const deleted = (project: string): ProjectEvent => ({ kind: "deleted", project });
