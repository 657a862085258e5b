/** The length of an Ed25519 public key. */
const KEY_BYTES = 32;

/**
 * Where a build looks for newer versions, as constants for the bundler (docs/updates.md): the key from `HOLDFAST_UPDATE_KEY`,
 * and the address from `HOLDFAST_UPDATE_ADDRESS`. Null where one is not set.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {Record<string, string>}
 * @throws {Error} with a sentence, for what cannot be a key or an address: such a build would look nowhere, and seem to
 */
export function updateSource({ HOLDFAST_UPDATE_KEY: key, HOLDFAST_UPDATE_ADDRESS: address }) {
  if (key && Buffer.from(key, 'base64url').toString('base64url') !== key) {
    throw new Error('HOLDFAST_UPDATE_KEY is not base64url. Set what "sign-manifest.mjs --new-key" printed.');
  }
  if (key && Buffer.from(key, 'base64url').length !== KEY_BYTES) {
    throw new Error(`HOLDFAST_UPDATE_KEY is not ${KEY_BYTES} bytes. Set what "sign-manifest.mjs --new-key" printed.`);
  }
  if (address && !key) {
    throw new Error('HOLDFAST_UPDATE_ADDRESS is set without HOLDFAST_UPDATE_KEY: no answer could be verified.');
  }
  const { protocol, hostname } = address ? new URL(address) : { protocol: 'https:', hostname: '' };
  const isHere = protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
  if (protocol !== 'https:' && !isHere) throw new Error('HOLDFAST_UPDATE_ADDRESS must begin with https://.');
  return {
    __HOLDFAST_UPDATE_KEY__: JSON.stringify(key || null),
    __HOLDFAST_UPDATE_ADDRESS__: JSON.stringify(address || null),
  };
}
