import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { API_HEADERS } from '../refusal';
import type { RestContext } from './context';

/** What a file is, for whoever downloads it. */
export interface FileFacts {
  readonly name: string;
  /** Media type. */
  readonly type: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Answers with a file, piece by piece, as fast as its reader takes it. What goes wrong before the second piece is thrown and so
 * answered as an error; later the connection breaks, so that nobody takes half a file for a whole one.
 */
export async function replyFile(
  c: RestContext,
  pieces: AsyncGenerator<string | Uint8Array>,
  { name, type, headers = {} }: FileFacts,
): Promise<typeof RESPONSE_ALREADY_SENT> {
  const begun = [await pieces.next(), await pieces.next()];
  const { outgoing } = c.env;
  outgoing.writeHead(200, {
    ...API_HEADERS,
    'Content-Type': type,
    'Content-Disposition': `attachment; filename="${name}"`,
    ...headers,
  });
  await pipeline(Readable.from(whole(begun, pieces)), outgoing).catch(() => outgoing.destroy());
  return RESPONSE_ALREADY_SENT;
}

async function* whole<T>(begun: readonly IteratorResult<T>[], rest: AsyncGenerator<T>): AsyncGenerator<T> {
  try {
    for (const { done, value } of begun) if (!done) yield value;
    for await (const piece of rest) {
      yield piece;
      // A reader on the same machine is never slow enough to give others their turn.
      await turn();
    }
  } finally {
    // A reader that is gone ends what would be read for it.
    await rest.return(undefined);
  }
}
