const LIMIT_MS = 10_000;
const MAX_HOPS = 10;
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** Where a login ended. */
export interface LoginEnd {
  readonly url: string;
  readonly status: number;
  /** What the page says. */
  readonly text: string;
}

/**
 * Goes where the address of an authorization server that asks nobody leads, as a browser would, up to the page that the client
 * shows at the end.
 *
 * @throws {Error} when it leads away from this machine, does not end within 10 hops, or takes more than 10 seconds
 */
export async function followLogin(url: string): Promise<LoginEnd> {
  const signal = AbortSignal.timeout(LIMIT_MS);
  let at = new URL(url);
  for (let hops = 0; hops <= MAX_HOPS; hops += 1) {
    if (!LOOPBACK.includes(at.hostname)) throw new Error(`the login leads away from this machine, to ${at.host}`);
    const response = await fetch(at, { redirect: 'manual', signal });
    const next = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || next === null) {
      return { url: at.href, status: response.status, text: await response.text() };
    }
    await response.body?.cancel();
    at = new URL(next, at);
  }
  throw new Error(`the login does not end within ${MAX_HOPS} redirects`);
}
