import { createServer } from 'node:net';
import type { PortCheck } from '../../shared/contract/settings';
import { said } from '../../shared/messages/said';

const ADDRESSES = ['127.0.0.1', '::1'] as const;

/**
 * Whether the endpoint could listen on a port: it is taken on both loopback addresses for a moment, then given back. Another
 * program may take it a moment later all the same.
 *
 * @param own - the port that this Holdfast has
 */
export async function checkPort(port: number, own: number): Promise<PortCheck> {
  const say = (what: 'own' | 'taken' | 'reserved' | 'free') => said(`said.port.${what}`, { port: String(port) });
  if (port === own) return { free: true, sentence: say('own') };
  for (const address of ADDRESSES) {
    const code = await tryListen(port, address);
    if (code === 'EADDRINUSE') return { free: false, sentence: say('taken') };
    if (code === 'EACCES' || code === 'EPERM') return { free: false, sentence: say('reserved') };
  }
  return { free: true, sentence: say('free') };
}

/** @returns null if the port could be had, otherwise the system's word for why not */
function tryListen(port: number, host: string): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}
