import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copySources, fileIn, MAKE_MS, makePackages } from '#tests/support/package-making';
import { REPOSITORY } from '#tests/support/paths';
import { findCommand } from '../../scripts/runtime/files/paths.mjs';
import { whyNoDebian } from './namespaces';

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL('programs/in-debian.mjs', import.meta.url)).slice(REPOSITORY.length + 1);
const DEBIAN_MS = 240_000;
const USE_MS = 300_000;
const LATER = '99.0.0';
/** Speaks another protocol with its keeper than the others. */
const OTHER = '99.1.0';
const PACKAGES = 'ca-certificates,procps,xvfb,desktop-file-utils,rpm';

const why = whyNoDebian();
const hasRpm = findCommand(['rpmbuild']) !== undefined;
if (why) console.warn(`SKIPPED: all tests in a bare Debian. ${why}`);

let work = '';
/** What the program inside found, by what it looked at. */
const seen: Record<string, Record<string, unknown> & { code: number; text: string; end: string }> = {};

beforeAll(
  async () => {
    if (why) return;
    work = mkdtempSync(join(tmpdir(), 'holdfast-debian-'));
    const both = hasRpm ? ['--only', 'deb', '--only', 'rpm'] : ['--only', 'deb'];
    await makePackages(join(work, 'one'), both);
    for (const [version, protocol] of [[LATER], [OTHER, 999]] as const) {
      await copySources(join(work, `sources-${version}`), version, protocol);
      await makePackages(join(work, version), both, join(work, `sources-${version}`));
    }
    const root = join(work, 'root');
    const sources = '/etc/apt/sources.list.d/debian.sources';
    const bare = ['--mode=root', '--variant=minbase', `--include=${PACKAGES}`, 'bookworm', root, sources];
    await run('mmdebstrap', bare, { timeout: DEBIAN_MS, maxBuffer: 1e8 });
    copyFileSync(process.execPath, join(root, 'usr/local/bin/node'));
    mkdirSync(join(root, 'pack'));
    for (const [name, folder] of [
      ['one', 'one'],
      ['later', LATER],
      ['other', OTHER],
    ] as const) {
      for (const kind of hasRpm ? ['deb', 'rpm'] : ['deb']) {
        copyFileSync(fileIn(join(work, folder), `.${kind}`), join(root, `pack/${name}.${kind}`));
      }
    }
    const inside = `/usr/local/bin/node /repo/${PROGRAM} /pack ${await freePort()}`;
    const { stdout } = await run(
      'unshare',
      ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-ec', ENTER, root, REPOSITORY, inside],
      {
        timeout: USE_MS,
        maxBuffer: 1e8,
      },
    );
    for (const line of stdout.trim().split('\n')) {
      const { what, seen: found } = JSON.parse(line);
      seen[what] = found;
    }
  },
  4 * MAKE_MS + DEBIAN_MS + USE_MS,
);
afterAll(() => {
  if (work) rmSync(work, { recursive: true, force: true });
}, DEBIAN_MS);

/** Its mounts and processes end with it. $0: the folder of the system, $1: the repository, $2: what to run. */
const ENTER = `
mount --make-rprivate /
mkdir -p "$0/repo"
mount --bind -o ro "$1" "$0/repo"
mount --rbind /dev "$0/dev"
mount -t tmpfs tmpfs "$0/dev/shm"
mount -t proc proc "$0/proc"
mount -t sysfs -o ro sysfs "$0/sys"
mount -t tmpfs tmpfs "$0/run"
mount -t tmpfs -o mode=1777 tmpfs "$0/tmp"
cp /etc/resolv.conf /etc/hosts "$0/etc/"
exec chroot "$0" /usr/bin/env -i PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 $2`;

describe.skipIf(why)('in a bare Debian', () => {
  test('the .deb brings what it needs', () => {
    expect(seen.install, seen.install?.end).toMatchObject({ code: 0 });
    expect(seen.libraries).toEqual([]);
    expect(seen['desktop file']).toEqual({ code: 0, text: '' });
  });

  test('the window has its sandbox', () => {
    expect(seen.sandbox).toEqual({ off: [], seccomp: expect.arrayContaining(['2']) });
  });

  test('a client goes on after a kill, with the same process of its server', () => {
    expect(seen.first).toMatchObject({ n: 1, server: expect.any(Number), keeper: expect.any(Number) });
    expect(seen.killed).toEqual({ ...seen.first, n: 2 });
  });

  test('an upgrade ends nothing, and the next start is the new version in the same session', () => {
    expect(seen.upgrade).toMatchObject({ code: 0, end: expect.stringContaining('holdfast quit') });
    expect(seen['upgraded, still running']).toEqual({ ...seen.first, n: 3 });
    expect(seen.quit).toMatchObject({ code: 0 });
    expect(seen['upgraded, started again']).toEqual({ ...seen.first, n: 4, version: LATER });
  });

  test('a downgrade says that a newer database cannot be opened, and goes on with one that can', () => {
    expect(seen.downgrade).toEqual({ code: 0 });
    expect(seen['newer database']).toMatchObject({
      code: 1,
      text: expect.stringContaining('Update Holdfast, or choose'),
    });
    expect(seen.downgraded).toEqual({ ...seen.first, n: 5 });
  });

  test('a version with another protocol replaces the keeper, and starts the servers again in the same session', () => {
    expect(seen['other protocol']).toMatchObject({ n: 1, session: seen.first?.session, version: OTHER });
    expect(seen['other protocol']?.keeper).not.toBe(seen.first?.keeper);
    expect(seen['back from it']).toMatchObject({ n: 1, session: seen.first?.session, version: seen.first?.version });
    expect(seen['back from it']?.keeper).not.toBe(seen['other protocol']?.keeper);
    expect(seen['old ones']).toEqual([]);
  });

  test('a removal ends every process and says where data stays', () => {
    expect(seen.remove).toMatchObject({ code: 0, end: expect.stringContaining('~/.config/Holdfast') });
    expect(seen.left).toMatchObject({ processes: [], server: false, files: [] });
    expect(seen.left?.data).toEqual(expect.arrayContaining(['holdfast.db', 'servers.json']));
  });

  test.skipIf(!hasRpm)('the scripts of the .rpm do as those of the .deb', () => {
    expect(seen['rpm installed']).toMatchObject({ code: 0 });
    expect(seen['rpm upgraded']).toMatchObject({ code: 0, text: expect.stringContaining('holdfast quit'), runs: true });
    expect(seen['rpm removed']).toMatchObject({ code: 0, text: expect.stringContaining('~/.config/Holdfast') });
    expect(seen['rpm removed']).toMatchObject({ processes: [], files: [] });
  });

  test.skipIf(!hasRpm)(
    'a version that was replaced by one with another protocol says so when a server has to start',
    () => {
      expect(seen['older version, newer keeper']).toContain('Another version of Holdfast was installed');
    },
  );

  test('the bridge prints nothing but JSON', () => {
    expect(seen.bridge).toEqual({ lines: expect.any(Number), odd: [] });
  });

  test.skipIf(!findCommand(['lintian']))(
    'lintian finds what is known and nothing else',
    { timeout: MAKE_MS },
    async () => {
      const args = ['--no-cfg', '--allow-root', '--tag-display-limit', '0', fileIn(join(work, 'one'), '.deb')];
      const { stdout } = await run('lintian', args, { timeout: MAKE_MS, maxBuffer: 1e8 }).catch((error) => error);
      const tags = Array.from(String(stdout).matchAll(/^[EW]: holdfast: (\S+)/gm), ([, tag]) => tag);
      expect(Array.from(new Set(tags)).sort()).toEqual(KNOWN_TAGS);
    },
  );
});

const KNOWN_TAGS = [
  // There is no address to write to yet.
  'bogus-mail-host',
  // chrome-sandbox.
  'elevated-privileges',
  // Electron brings libraries of its own, and its files as they were built.
  'embedded-library',
  // Lintian of Debian 12 does not know zstd, which dpkg there does.
  'malformed-deb-archive',
  // CHANGELOG.md is not in Debian's form.
  'no-changelog',
  'unstripped-binary-or-object',
];

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
