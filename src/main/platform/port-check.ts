import { createServer } from 'node:net';
import type { PortCheck } from '../../shared/contract/settings';

const ADDRESSES = ['127.0.0.1', '::1'] as const;

/**
 * Whether the endpoint could listen on a port: it is taken on both loopback addresses for a moment, then given back. Another
 * program may take it a moment later all the same.
 *
 * @param own - the port that this Holdfast has
 */
export async function checkPort(port: number, own: number): Promise<PortCheck> {
  if (port === own) return { free: true, sentence: `Port ${port} is the one that Holdfast has now.` };
  for (const address of ADDRESSES) {
    const code = await tryListen(port, address);
    if (code === 'EADDRINUSE') {
      return {
        free: false,
        sentence: `Port ${port} is taken by another program. Choose another port, or stop that program.`,
      };
    }
    if (code === 'EACCES' || code === 'EPERM') {
      return { free: false, sentence: `Port ${port} is reserved for administrators. Choose one from 1024 to 65535.` };
    }
  }
  return { free: true, sentence: `Port ${port} is free.` };
}

/** @returns null if the port could be had, otherwise the system's word for why not */
function tryListen(port: number, host: string): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}
