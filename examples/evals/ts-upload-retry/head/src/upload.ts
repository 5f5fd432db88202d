export type Send = (name: string, body: string) => Promise<string>;

export interface Options {
  /** How often to try altogether. */
  attempts?: number;
  /** Called with each error before the next attempt. */
  onRetry?: (error: unknown, attempt: number) => void;
}

/** Upload one file; the address under which it can be found. The last error is thrown. */
export async function upload(
  send: Send,
  name: string,
  body: string,
  { attempts = 3, onRetry }: Options = {},
): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return send(name, body);
    } catch (error) {
      if (attempt >= attempts) {
        throw error;
      }
      onRetry?.(error, attempt);
    }
  }
}
