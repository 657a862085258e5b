import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type HighWater, ManifestRefused, readManifest } from '#src/main/updates/manifest';
import { isNewer } from '#src/main/updates/version';
import { DAY } from '#src/shared/model/units';
import { MANIFEST_KEY, signedManifest, signedText, strangersKey } from '#tests/support/manifests';
import { inRepository } from '#tests/support/paths';

const NOW = Date.UTC(2027, 0, 15);
const at = (time: number) => new Date(time).toISOString();
const read = (text: string, highWater: HighWater | null = null, now = NOW) =>
  readManifest(text, { key: MANIFEST_KEY, now, highWater });

test('a good manifest says what it says', () => {
  expect(read(signedManifest(NOW))).toEqual({
    version: '9.0.0',
    issued: NOW - DAY,
    expires: NOW + 29 * DAY,
    changes: ['One thing.'],
  });
});

describe('is not believed', () => {
  test('with one bit changed, wherever that is', () => {
    const text = signedManifest(NOW);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.nat(6), (index, bit) => {
        const bytes = Buffer.from(text);
        bytes[index] = (bytes[index] ?? 0) ^ (1 << bit);
        const changed = bytes.toString('latin1');
        // The same text in other words, such as another case of a \u escape, would be the same manifest.
        fc.pre(JSON.stringify(safely(changed)) !== JSON.stringify(JSON.parse(text)));
        expect(() => read(changed)).toThrow(ManifestRefused);
      }),
      { numRuns: 2_000 },
    );
  });

  test('signed with another key, or signed as something else', () => {
    expect(() => read(signedManifest(NOW, {}, strangersKey()))).toThrow('was not signed by');
    const { signed } = JSON.parse(signedManifest(NOW));
    const other = JSON.parse(signedText(`x${signed}`));
    expect(() => read(JSON.stringify({ ...other, signed }))).toThrow('was not signed by');
  });

  test.each([
    ['expired', { expires: at(NOW) }, 'expired'],
    ['valid for ever', { expires: at(NOW + 500 * DAY) }, 'expired'],
    ['from the future', { issued: at(NOW + 2 * DAY) }, 'future'],
    ['of a version that is none', { version: '9.0' }, 'cannot read'],
    ['of a version with a name', { version: '9.0.0-rc.1' }, 'cannot read'],
    ['with too many changes', { changes: Array(21).fill('x') }, 'cannot read'],
    ['with a long change', { changes: ['x'.repeat(301)] }, 'cannot read'],
    ['without a time', { issued: null }, 'cannot read'],
  ])('%s', (_name, fields, reason) => expect(() => read(signedManifest(NOW, fields))).toThrow(reason));

  test('older than what was there before, in time or in version', () => {
    const text = signedManifest(NOW);
    const mark = { issued: NOW - DAY, version: '9.0.0' };
    expect(read(text, mark).version).toBe('9.0.0');
    expect(() => read(text, { ...mark, issued: mark.issued + 1 })).toThrow('older than');
    expect(() => read(text, { ...mark, version: '9.0.1' })).toThrow('older than');
  });

  test.each(['', '{}', 'null', '[]', '<html>', '{"signed":"{}","signature":""}'])('%j', (text) => {
    expect(() => read(text)).toThrow('is not a manifest');
  });

  test('whatever else it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(() => read(text)).toThrow(ManifestRefused);
        expect(() => read(signedText(text))).toThrow(ManifestRefused);
      }),
    );
  });
});

test.each([
  ['1.0.0', '0.9.9', true],
  ['0.10.0', '0.9.0', true],
  ['1.2.3', '1.2.3', false],
  ['1.2.3', '1.2.4', false],
  ['1.2.3', '1.2.3-rc.1', true],
  ['1.2.3', '1.2.3+test', false],
  ['x', '1.2.3', false],
  ['1.2.3', '', false],
])('%s is newer than %j: %s', (one, other, expected) => expect(isNewer(one, other)).toBe(expected));

test('the script makes a key, and manifests that are believed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-manifest-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const script = inRepository('scripts/package/sign-manifest.mjs');
  const run = (...args: string[]) => promisify(execFile)(process.execPath, [script, ...args], { cwd: folder });
  const made = (await run('--new-key', 'key.pem')).stdout.trim();
  expect(statSync(join(folder, 'key.pem')).mode & 0o777).toBe(0o600);
  await expect(run('--new-key', 'key.pem')).rejects.toThrow('EEXIST');

  await run('--key', 'key.pem', '--version', '1.2.3', '--change', 'Über all', '--change', 'b', '--out', 'm.json');
  const text = readFileSync(join(folder, 'm.json'), 'utf8');
  const manifest = readManifest(text, { key: made, now: Date.now(), highWater: null });
  expect(manifest).toMatchObject({ version: '1.2.3', changes: ['Über all', 'b'] });
  expect(Math.round((manifest.expires - manifest.issued) / DAY)).toBe(90);
  for (const wrong of [
    ['--version', '1.2'],
    ['--version', '1.2.3', '--days', '500'],
    ['--version', '1.2.3', '--change', ''],
  ]) {
    await expect(run('--key', 'key.pem', '--out', 'no.json', ...wrong)).rejects.toMatchObject({ code: 1 });
  }
});

function safely(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
