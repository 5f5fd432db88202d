import { retry } from "./retry.mjs";

/** The body of `url`; `fetchOnce(url)` gives { status, body } or rejects. */
export function download(url, fetchOnce, sleep) {
  return retry(
    async () => {
      const { status, body } = await fetchOnce(url);
      if (status >= 500) {
        throw new Error(`${url} answers ${status}`);
      }
      return { status, body };
    },
    { attempts: 4, delay: 100, sleep },
  );
}
