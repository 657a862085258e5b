import { type Arrival, FaultyHttp, send } from './faulty-http';

/** The page on which a login ends, on a loopback port, for tests of whatever has none of its own. */
export interface RedirectPage {
  /** To be registered as redirect address. */
  readonly url: string;
  /** Parameters with which the browser came, of the visit of this number, from 0. Waits for it, at most 10 seconds. */
  visit(index: number): Promise<URLSearchParams>;
  close(): Promise<void>;
}

export const REDIRECT_PAGE_TEXT = 'You can close this page.';

export async function startRedirectPage(): Promise<RedirectPage> {
  const http = await FaultyHttp.start((path) => (path === '/callback' ? 'callback' : null));
  http.handle((_, res, { endpoint }: Arrival<'callback'>) =>
    send(res, endpoint ? { status: 200, body: `<!doctype html><p>${REDIRECT_PAGE_TEXT}</p>` } : { status: 404 }),
  );
  return {
    url: `${http.origin}/callback`,
    visit: async (index) => (await http.nth('callback', index)).url.searchParams,
    close: () => http.close(),
  };
}
