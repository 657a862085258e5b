import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { FakeClock } from '#tests/support/fake-clock';

const LIMIT_MS = 30_000;

/** A receiver of alerts on loopback: it answers as told, and keeps what was posted to it. */
export async function startReceiver(answer: (res: ServerResponse, req: IncomingMessage) => void) {
  const bodies: string[] = [];
  const server = createServer(async (req, res) => {
    try {
      bodies.push(String(await buffer(req)));
      answer(res, req);
    } catch {
      // The sender gave up.
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    bodies,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Lets the clock go on, and sockets and processes with it, until this holds. */
export async function pass(clock: FakeClock, step: number, holds: () => boolean): Promise<void> {
  const end = Date.now() + LIMIT_MS;
  while (!holds()) {
    if (Date.now() > end) throw new Error('it did not come to hold in time');
    clock.advance(step);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
