import { app, type Session, shell, type WebContents } from 'electron';
import { browserAddress } from '../../shared/model/browser-address';
import { isClientLink } from '../../shared/model/client-link';
import { originOf } from './origin';

/** Websites that a link in the window may open in the browser. */
const EXTERNAL_HOSTS = new Set(['modelcontextprotocol.io', 'code.claude.com', 'cursor.com', 'code.visualstudio.com']);

/**
 * Opens an address in the user's browser: an `https:` address of a known host, or exactly the address of a login that was
 * begun. Nothing else opens a browser. Another program is opened by a link that adds Holdfast to it, and by no other.
 */
async function openExternal(address: string, isBegunLogin: (url: string) => boolean): Promise<void> {
  if (isClientLink(address)) return shell.openExternal(address);
  const url = browserAddress(address);
  const isKnown = url?.protocol === 'https:' && EXTERNAL_HOSTS.has(url.host);
  if (url && (isKnown || isBegunLogin(url.href))) await shell.openExternal(url.href);
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

/**
 * Keeps every page of the app where it is, no matter who created it: no new windows, no navigating away, no webview.
 *
 * @param isBegunLogin - whether an address is that of a login that was begun, so that a browser may be opened at it
 * @param onProblem - told that the system could not open a browser
 */
export function restrictNavigation(
  origin: string,
  isBegunLogin: (url: string) => boolean,
  onProblem: (error: unknown) => void,
): void {
  app.on('web-contents-created', (_event, contents: WebContents) => {
    contents.setWindowOpenHandler(({ url }) => {
      openExternal(url, isBegunLogin).catch(onProblem);
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
