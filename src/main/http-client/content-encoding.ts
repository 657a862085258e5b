import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable, type Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { said } from '../../shared/messages/said';
import { RequestFailed } from './failures';

/** More codings on top of each other than this are refused: nobody sends them in good faith. */
const MAX_CODINGS = 3;
/** The end of a body that was cut short is decoded as far as it goes, as browsers do; what is missing shows in the text. */
const GZIP = { finishFlush: zlib.constants.Z_SYNC_FLUSH };
const BROTLI = { finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH };

/**
 * The body of a response without its content codings (RFC 9110 section 8.4). Holdfast asks for none, but some servers,
 * and much that stands in front of them, compress all the same. Decodes as it is read, so its reader sets the bound.
 * Destroying what is returned also destroys the response.
 * @throws RequestFailed when a coding is unknown
 */
export async function decodedBody(answer: IncomingMessage): Promise<Readable> {
  const codings = codingsOf(answer);
  if (codings.length > MAX_CODINGS) throw undecodable(codings.join(', '));
  let body: Readable = answer;
  // The last one named was applied last.
  for (const coding of codings.reverse()) {
    const decoder = coding === 'deflate' ? await deflateDecoder(body) : decoderOf(coding);
    if (decoder === null) {
      answer.destroy();
      throw undecodable(coding);
    }
    // Errors reach the reader of the decoder.
    body = pipeline(body, decoder, () => {});
  }
  return body;
}

const codingsOf = ({ headers }: IncomingMessage): string[] =>
  (headers['content-encoding'] ?? '')
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity');

function decoderOf(coding: string): Transform | null {
  if (coding === 'gzip' || coding === 'x-gzip') return zlib.createGunzip(GZIP);
  if (coding === 'br') return zlib.createBrotliDecompress(BROTLI);
  // Node 20 has no zstd.
  if (coding === 'zstd' && typeof zlib.createZstdDecompress === 'function') return zlib.createZstdDecompress();
  return null;
}

/** `deflate` means the zlib format, but many servers send the bare one; the first byte tells. */
async function deflateDecoder(body: Readable): Promise<Transform> {
  let first: Buffer | null = body.read();
  while (first === null && !body.readableEnded && !body.destroyed) {
    await Promise.race([once(body, 'readable'), once(body, 'close'), once(body, 'end')]).catch(() => {});
    first = body.read();
  }
  if (first !== null) body.unshift(first);
  const isZlib = first === null || ((first[0] ?? 0) & 0x0f) === 8;
  return isZlib ? zlib.createInflate(GZIP) : zlib.createInflateRaw(GZIP);
}

const undecodable = (coding: string) =>
  new RequestFailed(said('said.net.coding', { coding: coding.slice(0, 40) }), {
    taken: true,
    passing: false,
  });
