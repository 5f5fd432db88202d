import { mayPublish } from "./permissions.js";

export interface Draft {
  author: string;
  text: string;
}

/** The published text; an error for who may not publish. */
export async function publish(draft: Draft): Promise<string> {
  if (!mayPublish(draft.author)) {
    throw new Error(`${draft.author} may not publish`);
  }
  return draft.text.trim();
}
