import { HoldfastError } from '../../shared/errors';
import { ask, type Question, readBytes, type Unchecked } from '../platform/ask';
import type { EndpointFile } from '../platform/endpoint-file';
import { HOW_TO_START } from './find';

/** The REST API of the running Holdfast, called with the admin key. */
export class Admin {
  readonly url: string;
  private readonly key: string;

  private constructor({ url, admin_key }: EndpointFile) {
    this.url = url;
    this.key = admin_key;
  }

  /**
   * Asks for the health without the key first: another program may have taken the port of a killed Holdfast, and must
   * not see the key.
   * @throws HoldfastError `unreachable` when Holdfast is not running
   */
  static async of(running: EndpointFile): Promise<Admin> {
    await healthOf(running);
    return new Admin(running);
  }

  /**
   * Sends a request and returns the body of a 2xx response.
   * @throws HoldfastError `unreachable` without a response, `internal_error` with its detail for any other status
   */
  async ask(path: string, question: Omit<Question, 'key'> = {}): Promise<Unchecked> {
    const { status, body } = await ask(this.url + path, { ...question, key: this.key });
    if (status >= 200 && status < 300) return body;
    const detail = typeof body?.detail === 'string' ? body.detail : `Holdfast answered ${status} to ${path}.`;
    throw new HoldfastError('internal_error', detail);
  }

  /**
   * The bytes of a file that a 2xx response brings.
   * @throws HoldfastError as {@link ask}
   */
  async *download(path: string): AsyncGenerator<Uint8Array, void> {
    const { status, bytes } = await readBytes(this.url + path, this.key);
    if (status !== 200) throw new HoldfastError('internal_error', `Holdfast answered ${status} to ${path}.`);
    yield bytes;
  }
}

/**
 * Fetches Holdfast's health, without a key.
 * @throws HoldfastError `unreachable` when nothing answers or something other than Holdfast does
 */
export async function healthOf({ url, pid }: EndpointFile): Promise<Unchecked> {
  const answer = await ask(`${url}/api/mcp/health`).catch((cause) => {
    const message = `Holdfast is not running: nothing answers at ${url} (process ${pid} was killed?).`;
    throw new HoldfastError('unreachable', `${message}\n  ${HOW_TO_START}`, { cause });
  });
  if (answer.status === 200 && answer.body?.name === 'Holdfast') return answer.body;
  const message = `Holdfast is not running: something else answers at ${url}.`;
  throw new HoldfastError('unreachable', `${message}\n  ${HOW_TO_START}`);
}
