import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { readEndpointFile } from '#src/main/platform/endpoint-file';
import { bundled } from '#tests/support/bundle';
import { disposing, folderTest } from '#tests/support/fixtures';
import { startTestHost } from '#tests/support/hosts/test-host';

/* Real files, disks and processes: what damages or takes away the database leads to a sentence and to a way on. */

const PAGE = 4_096;

interface Program {
  readonly child: ChildProcess;
  readonly said: string[];
  /** Resolves with the line, or with null when the process ended without it. */
  line(pattern: RegExp): Promise<string | null>;
}

function run(file: string, folder: string): Program {
  const env = { PATH: process.env.PATH, HOME: folder, HOLDFAST_DATA_DIR: folder, HOLDFAST_PORT: '0' };
  const child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const look of waiting) look();
  };
  for (const output of [child.stdout, child.stderr]) {
    createInterface({ input: output }).on('line', (text) => {
      said.push(text);
      wake();
    });
  }
  child.once('close', wake);
  const line = (pattern: RegExp) =>
    new Promise<string | null>((resolve) => {
      const look = () => {
        const found = said.find((text) => pattern.test(text));
        const isOver = child.exitCode !== null || child.signalCode !== null;
        if (found === undefined && !isOver) return;
        waiting.delete(look);
        resolve(found ?? null);
      };
      waiting.add(look);
      look();
    });
  return { child, said, line };
}

async function end({ child }: Program): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'close');
  child.kill('SIGKILL');
  await gone;
}

const test = folderTest
  .extend('program', { scope: 'file' }, bundled(join(import.meta.dirname, '../../../src/main/headless.ts')))
  .extend('start', ({ program }, { onCleanup }) => disposing(onCleanup, (folder: string) => run(program, folder), end));

/** A folder with clients and sessions, and a backup of them. */
async function lived(folder: string): Promise<void> {
  const host = await startTestHost({ folder });
  const holder = host.newClient();
  for (let n = 0; n < 5; n++) host.newSession(holder);
  await host.services.store.maintain(Date.now());
  await host.stop();
}

/** Root pages of all tables and indexes, by name. */
function roots(folder: string): [name: string, page: number][] {
  const db = new SqliteDatabase(join(folder, 'holdfast.db'));
  const found = db
    .prepare<[], [string, number]>('SELECT name, rootpage FROM sqlite_schema WHERE rootpage > 0')
    .raw()
    .all();
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  return found;
}

describe('a damaged page', () => {
  test('of any table or index never keeps Holdfast from starting', { timeout: 60_000 }, async ({ newFolder }) => {
    const whole = newFolder();
    await lived(whole);
    const bytes = readFileSync(join(whole, 'holdfast.db'));
    for (const [name, page] of roots(whole)) {
      const folder = newFolder();
      execFileSync('cp', ['-r', `${whole}/.`, folder]);
      writeFileSync(join(folder, 'holdfast.db'), Buffer.from(bytes).fill(0x5a, (page - 1) * PAGE, page * PAGE));
      const host = await startTestHost({ folder });
      const { store } = host.services as unknown as { store: { notices: string[] } };
      const health = await fetch(`${host.url}/api/mcp/health`);
      expect([name, health.status]).toEqual([name, 200]);
      // A page that nothing reads at a start is found later, by its first read or the daily check.
      for (const notice of store.notices) expect(notice).toMatch(/was restored|is damaged/);
      await host.stop();
    }
  });
});

describe('at the start', () => {
  test('what stands where something else belongs is set aside, and said', async ({ folder, start }) => {
    const names = ['holdfast.db', 'holdfast.log', 'endpoint.json', 'holdfast.lock'];
    for (const name of names) mkdirSync(join(folder, name, 'something'), { recursive: true });
    for (const name of ['backups', 'secrets']) writeFileSync(join(folder, name), 'mine');
    const program = start(folder);
    expect(await program.line(/^Endpoint: /)).not.toBeNull();
    const kept = readdirSync(folder).filter((name) => name.includes('.set-aside-'));
    expect(kept.map((name) => name.replace(/\.set-aside-\d+$/, '')).sort()).toEqual(
      [...names, 'backups', 'secrets'].sort(),
    );
    expect(program.said.filter((text) => /^Notice: .*It was kept as/.test(text))).toHaveLength(6);
  });

  test('only the owner may read what is kept, whatever the modes were', async ({ folder, start }) => {
    await lived(folder);
    mkdirSync(join(folder, 'secrets'));
    writeFileSync(join(folder, 'servers.json'), '{"mcpServers":{}}');
    writeFileSync(join(folder, 'notes.txt'), 'not ours');
    const ours = ['holdfast.db', 'holdfast.log', 'servers.json', 'backups', 'secrets', '.'];
    for (const name of [...ours, 'notes.txt']) chmodSync(join(folder, name), 0o777);
    for (const name of readdirSync(join(folder, 'backups'))) chmodSync(join(folder, 'backups', name), 0o666);
    expect(await start(folder).line(/^Endpoint: /)).not.toBeNull();
    const modeOf = (name: string) => (statSync(join(folder, name)).mode & 0o777).toString(8);
    expect(ours.map(modeOf)).toEqual(['600', '600', '600', '700', '700', '700']);
    for (const name of readdirSync(join(folder, 'backups'))) expect(modeOf(join('backups', name))).toBe('600');
    expect(modeOf('notes.txt')).toBe('777');
  });

  test('a full disk is named, with no promise to carry on and no stack trace', async ({ start, skip }) => {
    const disk = mkdtempSync(join(tmpdir(), 'holdfast-disk-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3072k', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      rmSync(disk, { recursive: true });
      skip('this user may not mount a small disk');
    }
    try {
      await lived(disk);
      for (const room of [0, 2 * PAGE]) {
        rmSync(join(disk, 'filling'), { force: true });
        fill(join(disk, 'filling'), room);
        const program = start(disk);
        await once(program.child, 'close');
        expect(program.child.exitCode).toBe(1);
        const said = program.said.join('\n');
        expect(said).toMatch(
          /^Holdfast cannot start: .*(full|no space).* Make room on the disk and start Holdfast again/i,
        );
        expect(said).not.toMatch(/carries on|^\s+at /m);
      }
      rmSync(join(disk, 'filling'));
      const program = start(disk);
      expect(await program.line(/^Endpoint: /)).not.toBeNull();
      await end(program);
    } finally {
      execFileSync('umount', ['-l', disk]);
      rmSync(disk, { recursive: true });
    }
  });
});

/** Fills the disk but for so many bytes. */
function fill(file: string, room: number): void {
  const blocks: Buffer[] = [];
  for (let size = 1024 * PAGE; size >= PAGE; ) {
    try {
      blocks.push(Buffer.alloc(size));
      writeFileSync(file, Buffer.concat(blocks));
    } catch {
      blocks.pop();
      size /= 2;
    }
  }
  const bytes = blocks.reduce((sum, { length }) => sum + length, 0);
  writeFileSync(file, Buffer.alloc(Math.max(0, bytes - room)));
}

describe('the data folder of a running Holdfast', () => {
  test('that is taken away is noticed within seconds, nothing is acknowledged, and putting it back helps', async ({
    folder,
    newFolder,
    start,
  }) => {
    const data = join(folder, 'data');
    const program = start(data);
    expect(await program.line(/^Endpoint: /)).not.toBeNull();
    const { url, admin_key } = readEndpointFile(data) ?? { url: '', admin_key: '' };
    const create = () =>
      fetch(`${url}/api/mcp/clients`, {
        method: 'POST',
        headers: { authorization: `Bearer ${admin_key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'a client', type: 'other' }),
      });
    expect((await create()).status).toBe(201);
    const away = join(newFolder(), 'away');
    renameSync(data, away);
    const refused = await create();
    expect(refused.status).toBe(503);
    expect(((await refused.json()) as { detail: string }).detail).toMatch(/was deleted or replaced/);
    const began = performance.now();
    expect(await program.line(/was deleted or replaced while Holdfast runs/)).not.toBeNull();
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(existsSync(data)).toBe(false);

    renameSync(away, data);
    expect((await create()).status).toBe(201);
  });
});
