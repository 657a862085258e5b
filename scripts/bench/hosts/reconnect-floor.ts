import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { jwtVerify, SignJWT } from 'jose';
import { openConnection } from '../../../src/main/store/connection';
import { Store } from '../../../src/main/store/store';
import { MINUTE, SECOND } from '../../../src/shared/model/units';
import { serveCommands } from './commands';
import { sessionId, storedSession } from './made-up';
import { quietLog } from './quiet-log';

/**
 * What a reconnect cannot do without, in a plain loop and nothing around it: verify the token, sign its successor, hash
 * both, and one transaction on the same tables, with the same indexes and pragmas, that reads the session, swaps it by
 * compare-and-set and appends the event. No rollups, no HTTP, no keys, no limits, no live stream.
 */
const [folder = '', sessions = '8'] = process.argv.slice(2);
const store = Store.open({ folder, now: Date.now, log: quietLog });
store.repository.commit({
  events: [],
  sessions: Array.from({ length: Number(sessions) }, (_, index) => storedSession(index, Date.now(), 'active')),
});
store.close();

const db = openConnection(join(folder, 'holdfast.db'));
const read = db.prepare<[string], { reconnect_count: number; token_generation: number }>(
  'SELECT * FROM mcp_sessions WHERE session_id = ?',
);
const swap = db.prepare(
  `UPDATE mcp_sessions SET status = 'active', last_activity = :at, disconnected_at = NULL, disconnect_reason = NULL,
     reconnect_count = :count, last_reconnect_cause = 'token', recent_reconnects = :recent,
     reconnect_token_hash = :hash, reconnect_expires_at = :expires, token_generation = :generation, token_jti = :jti,
     token_iat = :iat, previous_token_hash = :used, token_rotated_at = :at, token_used_generation = :before
   WHERE session_id = :session_id AND token_generation = :before AND reconnect_token_hash IS :used`,
);
const append = db.prepare('INSERT INTO events (session_id, at, kind, cause, payload) VALUES (?, ?, ?, ?, ?)');
const commit = db.transaction((id: string, used: string | null, next: Minted) => {
  const at = Date.now();
  const row = read.get(id);
  if (!row) throw new Error(`there is no session ${id}`);
  const count = row.reconnect_count + 1;
  const { hash, jti, iat, exp } = next;
  const { changes } = swap.run({
    ...{ session_id: id, at, count, hash, jti, iat, used },
    recent: JSON.stringify([at, at, at, at, at]),
    expires: exp * SECOND,
    generation: row.token_generation + 1,
    before: row.token_generation,
  });
  if (changes !== 1) throw new Error('the compare-and-set found another token');
  const payload = { cause: 'token', door: 'rest', downtime_ms: 0, reconnect_count: count, transport_id: null };
  append.run(id, at, 'session_reconnected', 'token', JSON.stringify(payload));
}).immediate;

interface Minted {
  token: string;
  hash: string;
  jti: string;
  iat: number;
  exp: number;
}

const algorithm = { name: 'HMAC', hash: 'SHA-256' };
const key = await crypto.subtle.importKey('raw', Uint8Array.from(randomBytes(32)), algorithm, false, [
  'sign',
  'verify',
]);
const expected = {
  algorithms: ['HS256'],
  typ: 'mcp-reconnect+jwt',
  issuer: 'holdfast',
  audience: 'holdfast:reconnect',
};
const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');
const tokens = new Map<string, Minted | null>();

async function mint(id: string, gen: number): Promise<Minted> {
  const iat = Math.floor(Date.now() / SECOND);
  const exp = iat + (15 * MINUTE) / SECOND;
  const jti = randomBytes(16).toString('base64url');
  const token = await new SignJWT({ session_id: id, purpose: 'session_reconnect', gen })
    .setProtectedHeader({ alg: 'HS256', typ: expected.typ, kid: 'bench' })
    .setIssuer(expected.issuer)
    .setAudience(expected.audience)
    .setJti(jti)
    .setIssuedAt(iat)
    .setExpirationTime(exp)
    .sign(key);
  return { token, hash: hashOf(token), jti, iat, exp };
}

async function reconnect(id: string, gen: number): Promise<void> {
  const current = tokens.get(id) ?? null;
  if (current) {
    const { payload } = await jwtVerify(current.token, key, { ...expected, requiredClaims: ['jti', 'iat', 'exp'] });
    if (payload.session_id !== id) throw new Error('the token names another session');
  }
  const next = await mint(id, gen);
  commit(id, current && hashOf(current.token), next);
  tokens.set(id, next);
}

let generation = 0;
serveCommands({
  async reconnect({ times }: { times: number }) {
    for (let index = 0; index < times; index++) await reconnect(sessionId(index % Number(sessions)), ++generation);
  },
});
