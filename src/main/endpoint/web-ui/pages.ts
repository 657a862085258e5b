import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { WEB } from '../../../shared/contract/web';
import { HoldfastError } from '../../../shared/errors';
import { advice, INSTALLATION } from '../../platform/installation';
import { CONTENT_SECURITY_POLICY } from '../../window-page/csp';
import { assetPath, contentType } from '../../window-page/static-files';
import { MethodNotAllowed } from '../refusal';

/** The build puts a content hash into these names, so what a name stands for never changes. */
const HASHED = /\/assets\/[^/]+-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;
const YEAR_S = 31_536_000;
const ROOT = WEB.page.slice(0, -1);

/** Whether a path belongs to the browser version of the window. */
export const isPage = (path: string): boolean => path === ROOT || path.startsWith(WEB.page);

/**
 * Serves the files of the built window at `/ui/`. They contain no secrets, so no key is required: the page itself signs in.
 * @param requested - path as sent, including a trailing slash
 * @throws HoldfastError `not_found`, `method_not_allowed`
 */
export async function servePage(
  folder: string,
  requested: string,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  if (req.method !== 'GET' && req.method !== 'HEAD') throw new MethodNotAllowed(['GET', 'HEAD']);
  if (requested === ROOT) {
    // The page's relative URLs need the trailing slash.
    res.writeHead(308, { Location: WEB.page, 'Content-Length': 0 }).end();
    return;
  }
  const path = assetPath(folder, requested.slice(ROOT.length));
  const content = path === null ? null : await read(path);
  if (path === null || content === null) throw missing(requested);
  res.writeHead(200, {
    'Content-Type': contentType(path),
    'Content-Length': content.length,
    'Content-Security-Policy': CONTENT_SECURITY_POLICY,
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': HASHED.test(requested) ? `public, max-age=${YEAR_S}, immutable` : 'no-cache',
  });
  res.end(req.method === 'HEAD' ? undefined : content);
}

/** The file's content; null if it does not exist or cannot be read, which look the same from outside. */
async function read(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch {
    return null;
  }
}

const missing = (requested: string): HoldfastError =>
  requested === WEB.page
    ? new HoldfastError(
        'not_found',
        `The window is missing. ${INSTALLATION === 'source' ? 'Run "npm run build" and start Holdfast again.' : advice().repair}`,
      )
    : new HoldfastError('not_found', 'The window has no such file. Open /ui/ again.');
