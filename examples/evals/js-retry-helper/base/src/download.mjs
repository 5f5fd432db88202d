/** The body of `url`; `fetchOnce(url)` gives { status, body } or rejects. */
export async function download(url, fetchOnce, sleep) {
  let delay = 100;
  for (let attempt = 1; ; attempt++) {
    try {
      const { status, body } = await fetchOnce(url);
      if (status < 500) {
        return { status, body };
      }
      if (attempt === 4) {
        throw new Error(`${url} answers ${status}`);
      }
    } catch (error) {
      if (attempt === 4) {
        throw error;
      }
    }
    await sleep(delay);
    delay *= 2;
  }
}
