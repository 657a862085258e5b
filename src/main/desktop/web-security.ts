import { app, type Session, shell, type WebContents } from 'electron';
import { originOf } from './origin';

/** Websites that a link in the window may open in the browser. */
const EXTERNAL_HOSTS = new Set(['modelcontextprotocol.io', 'code.claude.com', 'cursor.com', 'code.visualstudio.com']);

/**
 * Opens an `https:` address of a known host in the user's browser. Nothing else opens a browser.
 * @returns whether it was opened
 */
async function openExternal(address: string): Promise<boolean> {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url?.protocol !== 'https:' || !EXTERNAL_HOSTS.has(url.host)) return false;
  await shell.openExternal(url.href);
  return true;
}

/** Grants a single permission, writing text to the clipboard, and only to the window's own page. */
export function restrictPermissions(session: Session, origin: string): void {
  const isAllowed = (permission: string, requesting: string) =>
    permission === 'clipboard-sanitized-write' && originOf(requesting) === origin;
  session.setPermissionRequestHandler((_contents, permission, answer, details) => {
    answer(isAllowed(permission, details.requestingUrl));
  });
  session.setPermissionCheckHandler((_contents, permission, requestingOrigin) =>
    isAllowed(permission, requestingOrigin),
  );
  session.setDevicePermissionHandler(() => false);
}

/** Keeps every page of the app where it is, no matter who created it: no new windows, no navigating away, no webview. */
export function restrictNavigation(origin: string): void {
  app.on('web-contents-created', (_event, contents: WebContents) => {
    contents.setWindowOpenHandler(({ url }) => {
      void openExternal(url);
      return { action: 'deny' };
    });
    const keep = (event: { preventDefault(): void; url: string }) => {
      if (originOf(event.url) !== origin) event.preventDefault();
    };
    contents.on('will-navigate', keep);
    contents.on('will-redirect', keep);
    contents.on('will-frame-navigate', keep);
    contents.on('will-attach-webview', (event) => event.preventDefault());
  });
}
