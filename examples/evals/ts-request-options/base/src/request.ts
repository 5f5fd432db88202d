export interface Request {
  url: string;
  method: string;
  timeout: number;
  retries: number;
}

export function request(url: string, method = "GET", timeout = 5000, retries = 0): Request {
  return { url, method, timeout, retries };
}
