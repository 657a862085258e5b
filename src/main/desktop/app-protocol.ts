import { readFile } from 'node:fs/promises';
import { protocol } from 'electron';
import { CONTENT_SECURITY_POLICY } from '../window-page/csp';
import { assetPath, contentType } from '../window-page/static-files';

/** Origin of the window's page. */
export const APP_ORIGIN = 'app://holdfast';

/** Declares `app:` as a standard, secure scheme. Must run before Electron is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Serves the built window at `app://holdfast/`: only GET and HEAD, only that host, only files in that folder. */
export function serveApp(folder: string): void {
  protocol.handle('app', async (request) => {
    const url = new URL(request.url);
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const path = url.host === 'holdfast' && isRead ? assetPath(folder, url.pathname) : null;
    if (path === null) return new Response('Not found', { status: 404 });
    try {
      const body = request.method === 'HEAD' ? null : Uint8Array.from(await readFile(path));
      return new Response(body, {
        headers: {
          'content-type': contentType(path),
          'content-security-policy': CONTENT_SECURITY_POLICY,
          'x-content-type-options': 'nosniff',
          'cache-control': 'no-store',
        },
      });
    } catch {
      return new Response('Not found', { status: 404 });
    }
  });
}
