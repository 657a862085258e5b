import { createHash, createHmac } from 'node:crypto';

/** What a genuine reconnect token says, written down here a second time, so that a change of it is noticed. */
export interface Claims {
  session_id?: unknown;
  purpose?: unknown;
  gen?: unknown;
  iss?: unknown;
  aud?: unknown;
  jti?: unknown;
  iat?: unknown;
  exp?: unknown;
  [name: string]: unknown;
}

export function genuineClaims(sessionId: string, nowSeconds: number, generation = 1): Claims {
  return {
    session_id: sessionId,
    purpose: 'session_reconnect',
    gen: generation,
    iss: 'holdfast',
    aud: 'holdfast:reconnect',
    jti: 'AAAAAAAAAAAAAAAAAAAAAA',
    iat: nowSeconds,
    exp: nowSeconds + 900,
  };
}

export const genuineHeader = (secret: Uint8Array) => ({
  alg: 'HS256',
  typ: 'mcp-reconnect+jwt',
  kid: createHash('sha256').update('holdfast kid').update(secret).digest('hex').slice(0, 12),
});

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signs whatever it is given, as somebody who knows the secret could. */
export function sign(header: object, claims: Claims, secret: Uint8Array, hash: 'sha256' | 'sha384' | null = 'sha256') {
  const signed = `${encode(header)}.${encode(claims)}`;
  const signature = hash === null ? '' : createHmac(hash, secret).update(signed).digest('base64url');
  return `${signed}.${signature}`;
}
