import { said } from '../../shared/messages/said';
import { SECOND } from '../../shared/model/units';
import { within } from './deadline';
import type { Cipher, Keychain, Timers } from './ports';

/** How long anybody waits for the keychain, which may be waiting for the user. */
const PATIENCE = 5 * SECOND;

/** Asks the keychain once, and never lets anyone wait for it longer than 5 s. */
export class KeychainAccess {
  /** Why there is no cipher, to complete "the keychain of the system cannot be used: ..."; null while there is one. */
  refusal: string | null = null;
  private readonly keychain: Keychain | null;
  private readonly timers: Timers;
  private readonly onLate: () => void;
  private asked: Promise<void> | null = null;
  private opened: Cipher | null = null;
  private isLate = false;

  /** @param onLate - called when the keychain opens after somebody has stopped waiting for that */
  constructor(keychain: Keychain | null, timers: Timers, onLate: () => void) {
    this.keychain = keychain;
    this.timers = timers;
    this.onLate = onLate;
  }

  /** Whether this host has a keychain to ask. */
  get exists(): boolean {
    return this.keychain !== null;
  }

  /** The cipher, if the keychain has opened by now. */
  get cipher(): Cipher | null {
    return this.opened;
  }

  /** The cipher, as soon as the keychain opens; null if it refuses or has not answered in time. */
  async reach(): Promise<Cipher | null> {
    if (this.keychain === null) return null;
    this.asked ??= this.ask(this.keychain);
    if (!this.isLate) {
      await within(this.timers, PATIENCE, this.asked, () => {
        this.isLate = true;
        this.refusal ??= said('said.secrets.not_answered', { seconds: PATIENCE / SECOND });
      });
    }
    return this.opened;
  }

  async encrypt(value: Uint8Array): Promise<Uint8Array> {
    return this.bounded((cipher) => cipher.encrypt(value));
  }

  async decrypt(encrypted: Uint8Array): Promise<Uint8Array> {
    return this.bounded((cipher) => cipher.decrypt(encrypted));
  }

  private async ask(keychain: Keychain): Promise<void> {
    try {
      this.opened = await keychain.open();
      this.refusal = null;
    } catch (error) {
      this.refusal = reasonOf(error);
    }
    if (this.isLate && this.opened) this.onLate();
  }

  private bounded(work: (cipher: Cipher) => Promise<Uint8Array>): Promise<Uint8Array> {
    if (this.opened === null) throw new Error(this.refusal ?? 'it was not asked');
    const late = () => new Error(said('said.secrets.not_answered', { seconds: PATIENCE / SECOND }));
    return within(this.timers, PATIENCE, work(this.opened), late);
  }
}

/** What a failure says, without the full stop, to go on in a sentence. */
export const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
