import { HoldfastError } from '../../shared/errors';
import { type Sentence, said, sentences } from '../../shared/messages/said';
import type { Ms } from '../../shared/model/units';
import { FileSecrets } from './file-secrets';
import { KeychainAccess, reasonOf } from './keychain-access';
import type { Keychain, Secrets, Timers } from './ports';
import { encryptedIn, fileOf, unwrapped, wrapped } from './sealed';

/** Where secrets of servers are to be kept: in the keychain where there is one, or in files in any case. */
export type SecretsPlace = 'keychain' | 'file';

/** Where a value is. Of a `locked` one there is an encrypted file only, which this run cannot read. */
type Home = 'nowhere' | 'file' | 'keychain' | { readonly locked: Sentence };

export interface ServerSecretsOptions {
  /** The data folder. It must be this process's own. */
  readonly folder: string;
  /** Null in a host that reaches none. */
  readonly keychain: Keychain | null;
  readonly place: SecretsPlace;
  /** What is kept at the start, and words for it in the plural that begin a sentence. */
  readonly names: Readonly<Record<string, Sentence>>;
  readonly timers: Timers;
  now(): Ms;
  /** Is told, in a sentence for the user, what went another way than asked for. */
  onNotice(sentence: string): void;
  /** Replaces the files, for tests. */
  readonly files?: FileSecrets;
}

const sealedName = (name: string): string => `${name}.sealed`;
const isEqual = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/**
 * Secrets of servers. Each is a plain file (`name`) or an encrypted one (`name.sealed`), whose key is in the keychain of the
 * system. When it opens, each is moved to where it belongs. Where both files are found, the plain one is as new or newer,
 * because it is written only when it holds everything; an encrypted file that differs from it is set aside, never deleted.
 * docs/decisions/0028 says why.
 */
export class ServerSecrets implements Secrets {
  private readonly options: ServerSecretsOptions;
  private readonly files: FileSecrets;
  private readonly keychain: KeychainAccess;
  private readonly homes = new Map<string, Home>();
  /** Values that could not be read, and have not been read since. Whoever changes one does not know what it holds. */
  private readonly unread = new Set<string>();
  private readonly listeners = new Set<() => void>();
  /** One after another: each looks at the files that the one before has left. */
  private queue: Promise<unknown> = Promise.resolve();
  private isClosed = false;

  private constructor(options: ServerSecretsOptions) {
    this.options = options;
    this.files = options.files ?? new FileSecrets(options.folder);
    this.keychain = new KeychainAccess(options.keychain, options.timers, () => void this.openedLate());
  }

  /**
   * Moves what is stored to where it belongs. Waits for the keychain only if something is stored that needs it, and at
   * most 5 s; what cannot be read then becomes readable when the keychain opens later.
   */
  static async open(options: ServerSecretsOptions): Promise<ServerSecrets> {
    const secrets = new ServerSecrets(options);
    await secrets.files.removeLeftovers();
    for (const name of Object.keys(options.names)) await secrets.inTurn(() => secrets.settle(name));
    // Nobody waits for this: it only decides what is said of the place.
    if (options.place === 'keychain') void secrets.keychain.reach();
    return secrets;
  }

  get inKeychain(): boolean {
    const homes = [...this.homes.values()];
    if (homes.includes('file')) return false;
    if (homes.some((home) => home !== 'nowhere')) return true;
    return this.options.place === 'keychain' && this.keychain.cipher !== null;
  }

  get protection(): string {
    if (this.inKeychain) return said('said.secrets.keychain');
    const { place } = this.options;
    if (place === 'file' && this.keychain.exists) return said('said.secrets.files_chosen');
    const { refusal } = this.keychain;
    const files = said('said.secrets.files');
    return refusal === null ? files : sentences(files, said('said.secrets.no_keychain', { why: refusal }));
  }

  get problem(): string | null {
    const locked = this.locked();
    if (locked.length === 0) return null;
    const what = locked.map(({ name }) => said('said.secrets.unreadable', { what: this.wordsOf(name) }));
    if (!this.keychain.exists) return sentences(...what, said('said.secrets.no_window'));
    const files = locked.map(({ name }) => sealedName(name)).join(', ');
    const why = locked[0]?.reason ?? '';
    return sentences(...what, why, said('said.secrets.locked', { files, folder: this.files.folder }));
  }

  async read(name: string): Promise<Uint8Array | null> {
    return this.inTurn(async () => {
      if (!this.homes.has(name)) await this.settle(name);
      if (this.homes.get(name) === 'keychain') {
        const value = await this.unsealed(name);
        if (value instanceof Error) this.lockUndecryptable(name, value);
        else if (value !== null) return this.handOut(name, value);
      }
      if (typeof this.homes.get(name) === 'object') return null;
      return this.handOut(name, await this.files.read(name));
    });
  }

  async write(name: string, value: Uint8Array): Promise<void> {
    return this.inTurn(async () => {
      if (!this.homes.has(name)) await this.settle(name);
      if (this.unread.has(name)) {
        const why = this.problem ?? said('said.secrets.readable_again');
        throw new HoldfastError('storage_unavailable', `${said('said.secrets.not_saved')} ${why}`);
      }
      let home = this.homes.get(name);
      if (home === 'nowhere') home = (await this.cipherToKeepIn()) ? 'keychain' : 'file';
      if (home === 'keychain') await this.seal(name, value).catch(refused);
      else await this.files.write(name, value);
      this.homes.set(name, home as Home);
    });
  }

  onReadable(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Ends what is going on. A keychain that opens later changes nothing any more. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.listeners.clear();
    await this.queue;
  }

  /** Moves a value to where it belongs, or notes that this run cannot read it. */
  private async settle(name: string): Promise<void> {
    const plain = await this.files.read(name);
    const isSealed = (await this.files.read(sealedName(name))) !== null;
    this.homes.set(name, plain === null ? 'nowhere' : 'file');
    if (plain === null && !isSealed) return;
    if (isSealed) {
      if ((await this.keychain.reach()) === null) {
        if (plain === null) this.lock(name, said('said.secrets.why_keychain', { why: this.keychain.refusal ?? '' }));
        return;
      }
      const sealed = await this.unsealed(name);
      if (plain === null) return this.settleSealed(name, sealed);
      if (sealed instanceof Uint8Array && isEqual(plain, sealed)) return this.settleTwins(name);
      await this.setAside(name);
    }
    if (plain === null || (await this.cipherToKeepIn()) === null) return;
    try {
      await this.seal(name, plain);
      await this.files.remove(name);
      this.homes.set(name, 'keychain');
    } catch (error) {
      this.options.onNotice(said('said.secrets.to_keychain', { what: this.wordsOf(name), why: reasonOf(error) }));
    }
  }

  private async settleSealed(name: string, value: Uint8Array | Error | null): Promise<void> {
    if (value instanceof Error) return this.lockUndecryptable(name, value);
    this.homes.set(name, 'keychain');
    if (this.options.place === 'keychain' || value === null) return;
    try {
      await this.files.write(name, value, (written) => mustBe(written, value));
      this.homes.set(name, 'file');
      await this.files.remove(sealedName(name));
    } catch (error) {
      this.options.onNotice(said('said.secrets.to_file', { what: this.wordsOf(name), why: reasonOf(error) }));
    }
  }

  /** A move was interrupted between its last two steps. */
  private async settleTwins(name: string): Promise<void> {
    if (this.options.place === 'file') return this.files.remove(sealedName(name));
    await this.files.remove(name);
    this.homes.set(name, 'keychain');
  }

  private async setAside(name: string): Promise<void> {
    const kept = `${sealedName(name)}.set-aside-${this.options.now()}`;
    await this.files.rename(sealedName(name), kept);
    this.options.onNotice(said('said.secrets.twice', { what: this.wordsOf(name), kept: `secrets/${kept}` }));
  }

  /** Encrypts the value, and replaces the encrypted file only after what was written has been decrypted again. */
  private async seal(name: string, value: Uint8Array): Promise<void> {
    const encrypted = await this.keychain.encrypt(wrapped(name, value));
    await this.files.write(sealedName(name), fileOf(encrypted), async (written) =>
      mustBe(unwrapped(name, await this.keychain.decrypt(encryptedIn(written))), value),
    );
  }

  /** The value in the encrypted file, why it cannot be read, or null if there is none. */
  private async unsealed(name: string): Promise<Uint8Array | Error | null> {
    const file = await this.files.read(sealedName(name));
    if (file === null) return null;
    try {
      return unwrapped(name, await this.keychain.decrypt(encryptedIn(file)));
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  private async cipherToKeepIn() {
    return this.options.place === 'keychain' ? this.keychain.reach() : null;
  }

  private async openedLate(): Promise<void> {
    const before = this.locked().length;
    for (const [name, home] of [...this.homes]) {
      if (home === 'keychain' || home === 'nowhere') continue;
      await this.inTurn(() => this.settle(name)).catch((error) => {
        this.options.onNotice(said('said.secrets.not_read', { what: this.wordsOf(name), why: reasonOf(error) }));
      });
    }
    if (this.locked().length < before) for (const listener of this.listeners) listener();
  }

  private handOut(name: string, value: Uint8Array | null): Uint8Array | null {
    this.unread.delete(name);
    return value;
  }

  private lock(name: string, reason: Sentence): void {
    this.homes.set(name, { locked: reason });
    this.unread.add(name);
  }

  private lockUndecryptable(name: string, error: Error): void {
    this.lock(name, said('said.secrets.why_damaged', { why: reasonOf(error) }));
  }

  private locked(): { name: string; reason: Sentence }[] {
    return [...this.homes].flatMap(([name, home]) => (typeof home === 'object' ? { name, reason: home.locked } : []));
  }

  private wordsOf(name: string): Sentence {
    return this.options.names[name] ?? said('said.secrets.what.other', { name });
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.queue.then(() => {
      if (this.isClosed) throw new HoldfastError('storage_unavailable', said('said.secrets.stopping'));
      return work();
    });
    this.queue = done.catch(() => {});
    return done;
  }
}

function mustBe(found: Uint8Array, expected: Uint8Array): void {
  if (!isEqual(found, expected)) throw new Error(said('said.secrets.not_read_back'));
}

function refused(error: unknown): never {
  const sentence = said('said.secrets.refused', { why: reasonOf(error) });
  throw new HoldfastError('storage_unavailable', sentence, { cause: error });
}
