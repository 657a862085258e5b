import { safeStorage } from 'electron';
import { said } from '../../../shared/messages/said';
import type { Cipher, Keychain } from '../ports';

const PROBE = Buffer.from('holdfast');
const NONE = said('said.secrets.none_offered');

/** The keychain of the system, by Electron's `safeStorage`: libsecret or KWallet, the macOS keychain, DPAPI. */
export const electronKeychain: Keychain = {
  async open(): Promise<Cipher> {
    const cipher = typeof safeStorage.isAsyncEncryptionAvailable === 'function' ? await waiting() : blocking();
    const back = await cipher.decrypt(await cipher.encrypt(PROBE));
    if (!PROBE.equals(back)) throw new Error(said('said.secrets.not_given_back'));
    return cipher;
  },
};

/** Electron 42 and newer. It may wait for the user without holding up anything else. */
async function waiting(): Promise<Cipher> {
  if (!(await safeStorage.isAsyncEncryptionAvailable())) throw new Error(NONE);
  return {
    encrypt: async (value) => real(await safeStorage.encryptStringAsync(textOf(value))),
    decrypt: async (encrypted) => bytesOf((await safeStorage.decryptStringAsync(Buffer.from(encrypted))).result),
  };
}

/** Older Electron, as in development without Electron's own download. A locked keychain holds up the whole process. */
function blocking(): Cipher {
  if (process.platform === 'linux' && ['basic_text', 'unknown'].includes(safeStorage.getSelectedStorageBackend())) {
    throw new Error(NONE);
  }
  if (!safeStorage.isEncryptionAvailable()) throw new Error(NONE);
  return {
    encrypt: async (value) => real(safeStorage.encryptString(textOf(value))),
    decrypt: async (encrypted) => bytesOf(safeStorage.decryptString(Buffer.from(encrypted))),
  };
}

/**
 * On Linux, Chromium marks with `v10` what it encrypts with a password that is the same everywhere, for want of a keychain.
 * That protects nothing. Elsewhere the same mark stands for a real key.
 */
function real(encrypted: Buffer): Buffer {
  if (process.platform === 'linux' && encrypted.subarray(0, 3).toString('latin1') === 'v10') throw new Error(NONE);
  return encrypted;
}

/** `safeStorage` takes text only. */
const textOf = (value: Uint8Array): string => Buffer.from(value).toString('base64');
const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'base64');
