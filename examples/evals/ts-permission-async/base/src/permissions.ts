export interface Directory {
  groups(user: string): Promise<readonly string[]>;
}

const EDITORS = new Set(["ada", "grace"]);

/** Whether the user may publish. */
export function mayPublish(user: string): boolean {
  return EDITORS.has(user);
}
