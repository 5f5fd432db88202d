export interface Session {
  token: string;
  expiresAt: number;
}

/** What the server answers. */
export interface Grant {
  access_token: string;
}

const DAY = 24 * 60 * 60 * 1000;

/** A session that lasts a day from `now`, in milliseconds. */
export function open(grant: Grant, now: number): Session {
  return { token: grant.access_token, expiresAt: now + DAY };
}

export function isOpen(session: Session, now: number): boolean {
  return now < session.expiresAt;
}
