import type { IncomingMessage } from 'node:http';
import { HoldfastError } from '../../shared/errors';

const HOSTS = ['127.0.0.1', 'localhost', '[::1]'];
/** Origin of Holdfast's own window. */
const WINDOW_ORIGIN = 'app://holdfast';
const HTTP_PORT = 80;

/**
 * Keeps web pages out, whatever name they reach this machine by (DNS rebinding) and whatever they may send without being
 * asked (cross-site requests). Looked at before anything else of a request, also of a WebSocket upgrade. Headers are compared
 * whole with closed sets: nothing is searched for a part that looks right.
 */
export class Guard {
  private readonly hosts: ReadonlySet<string>;
  private readonly origins: ReadonlySet<string>;

  /** @param port - the port that is really listened on */
  constructor(port: number) {
    const withPort = HOSTS.map((host) => `${host}:${port}`);
    // The default port is left out by whoever writes an address properly.
    const own = port === HTTP_PORT ? [...withPort, ...HOSTS] : withPort;
    this.hosts = new Set(own);
    this.origins = new Set([...own.map((host) => `http://${host}`), WINDOW_ORIGIN]);
  }

  /** @throws HoldfastError `forbidden_host`, `forbidden_origin` */
  check(req: IncomingMessage): void {
    const [host, ...moreHosts] = valuesOf(req, 'host');
    if (host === undefined || moreHosts.length > 0 || !this.hosts.has(host.toLowerCase())) {
      throw new HoldfastError('forbidden_host');
    }
    const origins = valuesOf(req, 'origin');
    if (origins.length > 1 || origins.some((origin) => !this.origins.has(origin))) {
      throw new HoldfastError('forbidden_origin');
    }
  }
}

/** Every value of a header as it came in: Node itself joins or drops repeated ones. */
function valuesOf({ rawHeaders }: IncomingMessage, name: string): string[] {
  const values: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() === name) values.push(rawHeaders[i + 1] ?? '');
  }
  return values;
}
