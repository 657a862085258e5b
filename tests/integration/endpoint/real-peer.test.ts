import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect } from 'vitest';
import { PassedPeers, realPeerOf } from '#src/main/endpoint/real-peer';
import { disposing, folderTest } from '#tests/support/fixtures';

const test = folderTest
  .extend('server', async ({}, { onCleanup }) => {
    const server = createServer().listen(0, '127.0.0.1');
    onCleanup(() => void server.close());
    await once(server, 'listening');
    return server;
  })
  /** Both ends of a new connection. */
  .extend('newPair', ({ server }, { onCleanup }) =>
    disposing(
      onCleanup,
      async (): Promise<[client: Socket, accepted: Socket]> => {
        const accepted = once(server, 'connection') as Promise<[Socket]>;
        const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
        return [client, (await accepted)[0]];
      },
      ([client]) => client.destroy(),
    ),
  );

const passedOn = (local_port: number) => [{ local_port, peer_port: 7, peer_address: '127.0.0.1' }];

test('a connection that is passed on comes from its client, whether it was accepted before or after', async ({
  newPair,
}) => {
  const [, early] = await newPair();
  const [, late] = await newPair();
  const peers = new PassedPeers();
  peers.opened(early);
  peers.learn([...passedOn(early.remotePort ?? 0), ...passedOn(late.remotePort ?? 0)]);
  peers.opened(late);
  expect([early, late].map(realPeerOf)).toEqual(Array(2).fill({ address: '127.0.0.1', port: 7 }));
});

test('a port that another client has later is that client’s', async ({ newPair }) => {
  const [client, first] = await newPair();
  const [, second] = await newPair();
  const peers = new PassedPeers();
  peers.learn(passedOn(first.remotePort ?? 0));
  peers.opened(first);
  peers.opened(second);
  const port = client.localPort;
  expect(realPeerOf(first).port).toBe(7);
  expect(realPeerOf(second)).toEqual({ address: '127.0.0.1', port: second.remotePort });
  // The same port again, for a connection that nobody passes on.
  const again = Object.create(second, { remotePort: { value: port } }) as Socket;
  peers.opened(again);
  expect(realPeerOf(again).port).toBe(port);
});
