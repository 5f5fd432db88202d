export interface Session {
  token: string;
  expiresAt: number;
}

/** What the server answers; `expires_in` is in seconds, as OAuth has it. */
export interface Grant {
  access_token: string;
  expires_in?: number;
}

const DAY = 24 * 60 * 60 * 1000;

/** A session that lasts as long as the grant says, by default a day from `now`, in milliseconds. */
export function open(grant: Grant, now: number): Session {
  const lasts = grant.expires_in ?? DAY;
  return { token: grant.access_token, expiresAt: now + lasts };
}

export function isOpen(session: Session, now: number): boolean {
  return now < session.expiresAt;
}
