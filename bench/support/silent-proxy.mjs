import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/**
 * A TCP proxy before a server, whose connections go silent as those of a sleeping machine do.
 *
 * @typedef {object} SilentProxy
 * @property {number} port
 * @property {() => void} silence nothing passes on any connection any more, ever, and no new one is accepted
 * @property {() => Promise<void>} network new connections get through again
 * @property {() => void} close
 */

/**
 * @param {number} target port on loopback
 * @returns {Promise<SilentProxy>}
 */
export async function startSilentProxy(target) {
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set();
  let port = 0;
  const server = createServer((client) => {
    const onward = connect(target, '127.0.0.1');
    client.on('data', (chunk) => onward.write(chunk));
    onward.on('data', (chunk) => client.write(chunk));
    for (const [socket, other] of /** @type {const} */ ([
      [client, onward],
      [onward, client],
    ])) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => {
        sockets.delete(socket);
        // A far end that is out of reach does not hear of it.
        if (socket.listenerCount('data') > 0) other.destroy();
      });
    }
  });
  const listen = async () => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = /** @type {import('node:net').AddressInfo} */ (server.address()).port;
  };
  await listen();
  return {
    port,
    silence: () => {
      for (const socket of sockets) socket.pause().removeAllListeners('data');
      server.close();
    },
    network: listen,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
