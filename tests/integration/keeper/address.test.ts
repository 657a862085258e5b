import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, vi } from 'vitest';
import { KeeperAddressFile } from '#src/main/upstream/keeper/address-file';
import { folderTest as test } from '#tests/support/fixtures';

/** A socket that somebody listens on. The returned function ends that. */
const listening = (path: string) =>
  new Promise<() => void>((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(path, () => resolve(() => server.close()));
  });

describe.runIf(process.platform !== 'win32')('the file that names a keeper', () => {
  test.afterEach(() => void vi.unstubAllEnvs());

  test('makes nobody remove anything but a socket of this user in its own folder', async ({ newFolder }) => {
    const folder = newFolder();
    const place = new KeeperAddressFile(folder);
    place.renew();
    const own = join(folder, 'keeper');
    const precious = join(folder, 'precious.txt');
    writeFileSync(precious, 'mine');
    const disguised = join(own, '0123abcd.sock');
    writeFileSync(disguised, 'a file');
    const link = join(own, '4567abcd.sock');
    symlinkSync(precious, link);
    const elsewhere = join(newFolder(), '89ababcd.sock');
    const close = await listening(elsewhere);
    for (const socket of [precious, disguised, link, elsewhere, `${own}/../precious.txt`, own]) {
      writeFileSync(place.file, JSON.stringify({ socket, secret: 'x' }));
      const address = place.read();
      if (address) place.forget(address);
      expect([socket, lstatSync(socket) !== undefined]).toEqual([socket, true]);
      expect(existsSync(place.file)).toBe(false);
    }
    close();
  });

  test('lets the socket of a keeper that is gone be removed', async ({ newFolder }) => {
    const place = new KeeperAddressFile(newFolder());
    const address = place.renew();
    const close = await listening(address.socket);
    place.forget(address);
    expect(existsSync(address.socket)).toBe(false);
    close();
  });

  describe('of a data folder with a long path', () => {
    const longFolder = (newFolder: () => string): string => {
      const folder = join(newFolder(), 'x'.repeat(60), 'y'.repeat(60));
      mkdirSync(folder, { recursive: true });
      return folder;
    };

    test('names a socket in the runtime folder, where that is private', ({ newFolder }) => {
      const runtime = newFolder();
      chmodSync(runtime, 0o700);
      vi.stubEnv('XDG_RUNTIME_DIR', runtime);
      const { socket } = new KeeperAddressFile(longFolder(newFolder)).renew();
      expect(dirname(dirname(socket))).toBe(runtime);
      expect(lstatSync(dirname(socket)).mode & 0o777).toBe(0o700);
    });

    test.for([0o755, 0o770, 0o777])(
      'names one in a new folder nobody could guess, where it is %o',
      (mode, { newFolder }) => {
        const runtime = newFolder();
        chmodSync(runtime, mode);
        vi.stubEnv('XDG_RUNTIME_DIR', runtime);
        const place = new KeeperAddressFile(longFolder(newFolder));
        const [first, second] = [place.renew(), place.renew()];
        expect(dirname(dirname(first.socket))).toBe(tmpdir());
        expect(dirname(first.socket)).not.toBe(dirname(second.socket));
        expect(lstatSync(dirname(first.socket)).mode & 0o777).toBe(0o700);
        for (const address of [first, second]) {
          place.forget(address);
          expect(existsSync(dirname(address.socket))).toBe(false);
        }
      },
    );

    test('leaves a folder of somebody else’s making alone', ({ newFolder }) => {
      vi.stubEnv('XDG_RUNTIME_DIR', undefined);
      const place = new KeeperAddressFile(longFolder(newFolder));
      place.renew();
      const folder = mkdtempSync(join(tmpdir(), 'another-'));
      place.forget({ socket: join(folder, '0123abcd.sock'), secret: 'x' });
      expect(existsSync(folder)).toBe(true);
      rmSync(folder, { recursive: true });
    });
  });
});
