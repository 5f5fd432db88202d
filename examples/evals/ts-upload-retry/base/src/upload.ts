export type Send = (name: string, body: string) => Promise<string>;

/** Upload one file; the address under which it can be found. */
export async function upload(send: Send, name: string, body: string): Promise<string> {
  return send(name, body);
}
