import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { serveCommands } from './parts/commands';

/** Bare `ws`: the same bytes, made once, to everybody. No event, no database, and no look at the receiver. */
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
await new Promise((resolve) => server.once('listening', resolve));
let message = Buffer.alloc(0);

serveCommands({
  address: () => `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
  load({ text }: { text: string }) {
    message = Buffer.from(text);
  },
  emit() {
    for (const socket of server.clients) socket.send(message, { binary: false });
  },
});
