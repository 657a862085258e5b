import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface KeyProxy {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * An HTTP proxy for test programs that cannot send a key: it adds `Authorization`, and puts the endpoint's address where
 * `Host` and `Origin` name its own. Everything else, foreign hosts and origins too, goes through as it is.
 */
export async function startKeyProxy(target: string, key: string): Promise<KeyProxy> {
  const { hostname, port, host } = new URL(target);
  const server = createServer((req, res) => forward(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const own = (server.address() as AddressInfo).port;

  function forward(req: IncomingMessage, res: ServerResponse): void {
    const headers = { ...req.headers, authorization: `Bearer ${key}` };
    for (const name of ['host', 'origin'] as const) {
      if (headers[name]) headers[name] = headers[name].replace(ownAddress, `$1${host}`);
    }
    const onward = request({ hostname, port, path: req.url, method: req.method, headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      // Streams must not wait for their first event.
      res.flushHeaders();
      answer.pipe(res);
    });
    onward.on('error', () => res.destroy());
    res.on('close', () => onward.destroy());
    req.pipe(onward);
  }

  const ownAddress = new RegExp(`^(http://)?(?:127\\.0\\.0\\.1|localhost):${own}$`);
  return {
    url: `http://127.0.0.1:${own}`,
    close: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}
