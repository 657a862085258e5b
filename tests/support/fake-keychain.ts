import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Cipher, Keychain } from '#src/main/platform/ports';

const IV_BYTES = 16;

/**
 * Stands in for the keychain of the system, which a test cannot lock or clear at will. Its cipher is the one that Chromium
 * uses on Linux, which does not always notice a wrong key.
 */
export class FakeKeychain implements Keychain {
  /** Why it does not open; null when it does. */
  refusal: string | null = null;
  /** How many times it is going to fail to encrypt. */
  failures = 0;
  private key = randomBytes(16);
  private waiting: (() => void)[] | null = null;

  /** Makes it forget its key and make a new one, as when a keychain is reset. */
  reset(): void {
    this.key = randomBytes(16);
  }

  /** From now on it waits for the user, until {@link unlock}. */
  lock(): void {
    this.waiting = [];
  }

  unlock(): void {
    const waiting = this.waiting ?? [];
    this.waiting = null;
    for (const go of waiting) go();
  }

  async open(): Promise<Cipher> {
    if (this.waiting) await new Promise<void>((resolve) => this.waiting?.push(resolve));
    if (this.refusal !== null) throw new Error(this.refusal);
    const { key } = this;
    return {
      encrypt: async (value) => {
        if (this.failures-- > 0) throw new Error('it was locked meanwhile');
        const iv = randomBytes(IV_BYTES);
        const cipher = createCipheriv('aes-128-cbc', key, iv);
        return Buffer.concat([iv, cipher.update(value), cipher.final()]);
      },
      async decrypt(encrypted) {
        const cipher = createDecipheriv('aes-128-cbc', key, encrypted.subarray(0, IV_BYTES));
        return Buffer.concat([cipher.update(encrypted.subarray(IV_BYTES)), cipher.final()]);
      },
    };
  }
}
