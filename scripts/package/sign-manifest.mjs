// node scripts/package/sign-manifest.mjs: makes and signs what Holdfast asks for to learn of newer versions
// (docs/updates.md).
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { runMain, SetupError } from '../runtime/terminal/errors.mjs';

const CONTEXT = 'holdfast update manifest 1\n';
const DAY_MS = 24 * 3_600_000;
const USAGE = `node scripts/package/sign-manifest.mjs --new-key FILE
node scripts/package/sign-manifest.mjs --key FILE --version 1.2.3 --change TEXT... [--days 90] --out FILE`;

await runMain(async () => {
  const { values } = parseArgs({
    options: {
      'new-key': { type: 'string' },
      key: { type: 'string' },
      version: { type: 'string' },
      change: { type: 'string', multiple: true, default: [] },
      days: { type: 'string', default: '90' },
      out: { type: 'string' },
    },
  });
  if (values['new-key']) {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    // Never over another key: manifests signed with that one would be lost.
    await writeFile(values['new-key'], privateKey.export({ type: 'pkcs8', format: 'pem' }), {
      mode: 0o600,
      flag: 'wx',
    });
    process.stdout.write(`${publicKey.export({ format: 'jwk' }).x}\n`);
    return undefined;
  }
  const { key, version, change, out } = values;
  const days = Number(values.days);
  if (!key || !out || !version || !/^\d+\.\d+\.\d+$/.test(version)) {
    throw new SetupError('A key, a version of three numbers and a file to write are needed.', USAGE);
  }
  if (!(days >= 1 && days <= 400)) throw new SetupError('A manifest lives for 1 to 400 days.', USAGE);
  if (change.length > 20 || change.some((text) => text === '' || text.length > 300)) {
    throw new SetupError('There are at most 20 changes, of 1 to 300 characters.', USAGE);
  }
  const now = Date.now();
  const times = { issued: new Date(now).toISOString(), expires: new Date(now + days * DAY_MS).toISOString() };
  const signed = JSON.stringify({ version, ...times, changes: change });
  const privateKey = createPrivateKey(await readFile(key));
  const signature = sign(null, Buffer.from(CONTEXT + signed), privateKey).toString('base64');
  await writeFile(out, `${JSON.stringify({ signed, signature }, null, 2)}\n`);
  process.stdout.write(`Signed for the key ${createPublicKey(privateKey).export({ format: 'jwk' }).x}\n`);
  return undefined;
});
