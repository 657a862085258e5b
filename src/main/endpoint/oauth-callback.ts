import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { HoldfastError } from '../../shared/errors';
import type { ServerAdmin } from '../upstream/config/server-admin';
import { MethodNotAllowed } from './refusal';

const STYLE = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{margin:15vh auto;max-width:34rem;padding:0 1.5rem}h1{font-size:1.25rem}`;
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Finishes a login with what the browser brought back, and says how it went. The page shows nothing of the address, which
 * holds a code.
 * @throws HoldfastError `method_not_allowed`; anything else is said on the page
 */
export async function serveOAuthCallback(
  admin: Pick<ServerAdmin, 'finishLogin'>,
  parameters: URLSearchParams,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  // HEAD must not use up the code.
  if (req.method !== 'GET') throw new MethodNotAllowed(['GET']);
  try {
    const { name } = await admin.finishLogin(parameters);
    send(res, 200, 'You are logged in', `Holdfast can use the server ${name} now. You can close this page.`);
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    send(res, 400, 'The login did not work', `${error.message} You can close this page.`);
  }
}

function send(res: ServerResponse, status: number, title: string, sentence: string): void {
  const [heading, text] = [title, sentence].map(escaped);
  const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Holdfast: ${heading}</title><style>${STYLE}</style></head><body><main><h1>${heading}</h1><p>${text}</p></main></body></html>`;
  res.writeHead(status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': Buffer.byteLength(page),
    'Content-Security-Policy': POLICY,
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
  });
  res.end(page);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
