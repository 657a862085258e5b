import { createHash, randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HoldfastError } from '../../../shared/errors';
import { Admin } from '../admin';
import { findRunning } from '../find';

const MAX_NAME = 60;

interface StoredKey {
  readonly name: string;
  readonly client_id: string;
  readonly client_key: string;
}

/** File in the data folder that stores the key of a client name; only the user can read it. */
function keyFile(folder: string, name: string): string {
  const readable = name.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 30);
  const exact = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return join(folder, 'bridge-keys', `${readable}-${exact}.json`);
}

/**
 * The key in a file that Holdfast wrote; null when none is named.
 * @throws HoldfastError `internal_error` with a sentence when it cannot be read
 */
export function givenKey(file: string | undefined): string | null {
  if (!file) return null;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    const { message } = cause as Error;
    const advice = 'Connect this client again with "holdfast connect".';
    throw new HoldfastError('internal_error', `The key cannot be read: ${message}. ${advice}`, { cause });
  }
}

/** Trims and shortens a name to what Holdfast accepts as a client's name. */
export const clientName = (name: string): string => name.trim().slice(0, MAX_NAME).trim() || 'stdio bridge';

/**
 * Returns the stored key of a client name, or creates a client with the admin key of the running Holdfast and stores
 * its key. Processes that do so at the same time end up with the same key.
 * @throws HoldfastError `unreachable` when a key must be created and Holdfast is not running, `internal_error` when the
 * file holds no key or Holdfast refuses
 */
export async function bridgeKey(folder: string, name: string): Promise<string> {
  const file = keyFile(folder, name);
  const kept = read(file);
  if (kept) return kept.client_key;
  const admin = await Admin.of(findRunning(folder));
  // Claude Desktop calls itself `claude-ai`.
  const body = { name, type: name === 'claude-ai' ? 'claude-desktop' : 'other' };
  const { client_id, client_key } = await admin.ask('/api/mcp/clients', { method: 'POST', body });
  if (keep(file, { name, client_id, client_key })) return client_key;
  // Another process was faster: use its key and remove our client.
  await admin.ask(`/api/mcp/clients/${client_id}`, { method: 'DELETE' });
  const theirs = read(file);
  if (theirs) return theirs.client_key;
  throw new HoldfastError('internal_error', `${file} holds no key. Delete it and start the client again.`);
}

function read(file: string): StoredKey | null {
  try {
    const stored = JSON.parse(readFileSync(file, 'utf8')) as Partial<StoredKey>;
    return typeof stored.client_key === 'string' ? (stored as StoredKey) : null;
  } catch {
    return null;
  }
}

/** Creates the file atomically; false when it exists already. */
function keep(file: string, key: StoredKey): boolean {
  mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${randomUUID()}`;
  const text = `${JSON.stringify(key, null, 2)}\n`;
  writeFileSync(temporary, text, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(temporary, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    return keepWithoutLinks(file, text);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Like {@link keep}, not atomic, for file systems without hard links. */
function keepWithoutLinks(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
