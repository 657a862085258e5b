import { type Ms, SECOND } from '../../shared/model/units';
import { get } from '../platform/node-http';

const ANSWER_WITHIN: Ms = 2 * SECOND;
const LONGEST_ANSWER = 64 * 1024;

/** The path that every Holdfast answers without a key. */
export const HEALTH_PATH = '/api/mcp/health';
/** `name` in the health response. */
export const NAME = 'Holdfast';

/** Whether a Holdfast is listening on this loopback port. Never rejects; takes at most two seconds. */
export function isHoldfast(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(
      { host: '127.0.0.1', port, path: HEALTH_PATH, agent: false, signal: AbortSignal.timeout(ANSWER_WITHIN) },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
          if (text.length > LONGEST_ANSWER) request.destroy();
        });
        response.on('end', () => resolve(saysHoldfast(text)));
        response.on('error', () => resolve(false));
      },
    );
    request.on('error', () => resolve(false));
  });
}

function saysHoldfast(text: string): boolean {
  try {
    return (JSON.parse(text) as { name?: unknown } | null)?.name === NAME;
  } catch {
    return false;
  }
}
