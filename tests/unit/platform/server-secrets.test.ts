import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { FileSecrets } from '#src/main/platform/file-secrets';
import type { Secrets } from '#src/main/platform/ports';
import { ServerSecrets, type ServerSecretsOptions } from '#src/main/platform/server-secrets';
import { HoldfastError } from '#src/shared/errors';
import { said } from '#src/shared/messages/said';
import { SECOND } from '#src/shared/model/units';
import { FakeClock } from '#tests/support/fake-clock';
import { FakeKeychain } from '#tests/support/fake-keychain';
import { makeFolder, removeFolder, folderTest as test } from '#tests/support/fixtures';

const NAME = 'logins.json';
const SEALED = `${NAME}.sealed`;
const CANARY = 'canary-value-42';

/** How Holdfast runs: with a window or without, and what the keychain does. */
type Run = 'app' | 'app, file' | 'app, refused' | 'headless' | 'headless, file';

function optionsOf(run: Run, folder: string, keychain: FakeKeychain): ServerSecretsOptions & { notices: string[] } {
  const clock = new FakeClock();
  const notices: string[] = [];
  keychain.refusal = run === 'app, refused' ? 'it was denied' : null;
  return {
    folder,
    keychain: run.startsWith('app') ? keychain : null,
    place: run.endsWith('file') ? 'file' : 'keychain',
    names: { [NAME]: said('said.secrets.what.logins') },
    timers: clock,
    now: () => clock.now(),
    onNotice: (sentence) => notices.push(sentence),
    notices,
  };
}

const open = (run: Run, folder: string, keychain: FakeKeychain) => ServerSecrets.open(optionsOf(run, folder, keychain));
const bytes = (text: string): Uint8Array => Buffer.from(text);
const read = async (secrets: Secrets) => {
  const value = await secrets.read(NAME);
  return value === null ? null : Buffer.from(value).toString();
};
const at = (folder: string, name: string) => join(folder, 'secrets', name);
const files = (folder: string) => (existsSync(at(folder, '')) ? readdirSync(at(folder, '')).sort() : []);

const secretsTest = test.extend('keychain', () => new FakeKeychain());

describe('with a keychain', () => {
  secretsTest('a value is on the disk only encrypted, in a file of the user alone', async ({ folder, keychain }) => {
    const secrets = await open('app', folder, keychain);
    await secrets.write(NAME, bytes(CANARY));
    expect(await read(secrets)).toBe(CANARY);
    expect(files(folder)).toEqual([SEALED]);
    const blob = readFileSync(at(folder, SEALED));
    expect(blob.includes(CANARY) || blob.includes(Buffer.from(CANARY).toString('base64'))).toBe(false);
    if (process.platform !== 'win32') expect(statSync(at(folder, SEALED)).mode & 0o777).toBe(0o600);
    expect(secrets).toMatchObject({ inKeychain: true, problem: null });
    expect(secrets.protection).toContain('keychain of the system');
    expect(await read(await open('app', folder, keychain))).toBe(CANARY);
  });

  secretsTest(
    'a value in a file is moved at the start, and moved back when that is asked for',
    async ({ folder, keychain }) => {
      await (await open('headless', folder, keychain)).write(NAME, bytes(CANARY));
      expect(files(folder)).toEqual([NAME]);
      expect(await read(await open('app', folder, keychain))).toBe(CANARY);
      expect(files(folder)).toEqual([SEALED]);
      const back = await open('app, file', folder, keychain);
      expect(files(folder)).toEqual([NAME]);
      expect(await read(back)).toBe(CANARY);
      expect(back).toMatchObject({ inKeychain: false, problem: null });
      expect(back.protection).toContain('only your user may read, as HOLDFAST_SECRETS=file says');
      expect(await read(await open('headless', folder, keychain))).toBe(CANARY);
    },
  );

  secretsTest('what interrupted writes left behind is removed', async ({ folder, keychain }) => {
    await (await open('app', folder, keychain)).write(NAME, bytes(CANARY));
    writeFileSync(at(folder, `.${NAME}.4711`), CANARY);
    await open('app', folder, keychain);
    expect(files(folder)).toEqual([SEALED]);
  });

  secretsTest(
    'that fails during the move leaves the file in use until the next start',
    async ({ folder, keychain }) => {
      await (await open('headless', folder, keychain)).write(NAME, bytes(CANARY));
      keychain.failures = 1;
      const options = optionsOf('app', folder, keychain);
      const secrets = await ServerSecrets.open(options);
      expect(options.notices).toEqual([expect.stringContaining('(it was locked meanwhile). They stay in a file')]);
      await secrets.write(NAME, bytes('newer'));
      expect(files(folder)).toEqual([NAME]);
      expect(secrets.inKeychain).toBe(false);
      expect(await read(await open('app', folder, keychain))).toBe('newer');
      expect(files(folder)).toEqual([SEALED]);
    },
  );

  secretsTest('that fails during a change leaves the old value, and says so', async ({ folder, keychain }) => {
    const secrets = await open('app', folder, keychain);
    await secrets.write(NAME, bytes(CANARY));
    keychain.failures = 1;
    await expect(secrets.write(NAME, bytes('newer'))).rejects.toThrow('Nothing was changed; try again.');
    expect(await read(secrets)).toBe(CANARY);
    expect(files(folder)).toEqual([SEALED]);
  });

  secretsTest('that cannot be used is named, and files are used', async ({ folder, keychain }) => {
    await (await open('headless', folder, keychain)).write(NAME, bytes(CANARY));
    const secrets = await open('app, refused', folder, keychain);
    expect(await read(secrets)).toBe(CANARY);
    await secrets.write(NAME, bytes('newer'));
    expect(files(folder)).toEqual([NAME]);
    expect(secrets).toMatchObject({ inKeychain: false, problem: null });
    expect(secrets.protection).toMatch(/only your user may read\. The keychain .* cannot be used: it was denied\.$/);
    expect(await read(await open('app', folder, keychain))).toBe('newer');
  });
});

describe('an encrypted value that this run cannot read', () => {
  secretsTest.for<[Run, RegExp]>([
    ['headless', /^The logins at servers cannot be read now\. .*HOLDFAST_SECRETS=file/],
    ['headless, file', /^The logins at servers cannot be read now\. .*HOLDFAST_SECRETS=file/],
    [
      'app, refused',
      /^The logins at servers cannot be read now\. The keychain of the system cannot be used \(it was denied\)\. .*start Holdfast again/,
    ],
  ])('is named with the remedy, and stays as it is: %s', async ([run, sentence], { folder, keychain }) => {
    await (await open('app', folder, keychain)).write(NAME, bytes(CANARY));
    const blob = readFileSync(at(folder, SEALED));
    const secrets = await open(run, folder, keychain);
    expect(await read(secrets)).toBeNull();
    expect(secrets.problem).toMatch(sentence);
    expect(secrets.inKeychain).toBe(true);
    const refusal = await secrets.write(NAME, bytes('{}')).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(HoldfastError);
    expect(refusal).toMatchObject({
      code: 'storage_unavailable',
      message: expect.stringMatching(/^This cannot be saved\. The/),
    });
    expect(files(folder)).toEqual([SEALED]);
    expect(readFileSync(at(folder, SEALED))).toEqual(blob);
    expect(await read(await open('app', folder, keychain))).toBe(CANARY);
  });

  secretsTest(
    'because the key has changed is never taken for garbage, and says how to begin again',
    async ({ folder, keychain }) => {
      await (await open('app', folder, keychain)).write(NAME, bytes(CANARY));
      const blob = readFileSync(at(folder, SEALED));
      // One wrong key in 256 decrypts to something.
      for (let attempt = 0; attempt < 600; attempt += 1) {
        keychain.reset();
        const secrets = await open('app', folder, keychain);
        expect(await read(secrets)).toBeNull();
        expect(secrets.problem).toContain(`move ${SEALED} out of ${at(folder, '').replace(/\/$/, '')}`);
        await expect(secrets.write(NAME, bytes('{}'))).rejects.toThrow('This cannot be saved.');
      }
      expect(readFileSync(at(folder, SEALED))).toEqual(blob);
    },
  );

  secretsTest('because its file is cut or of another name is not taken for a value', async ({ folder, keychain }) => {
    await (await open('app', folder, keychain)).write(NAME, bytes(CANARY));
    const blob = readFileSync(at(folder, SEALED));
    for (let length = 0; length < blob.length; length += 1) {
      writeFileSync(at(folder, SEALED), blob.subarray(0, length));
      const secrets = await open('app', folder, keychain);
      expect(await read(secrets)).toBeNull();
      expect(secrets.problem).not.toBeNull();
    }
    writeFileSync(at(folder, SEALED), blob);
    writeFileSync(at(folder, 'other.json.sealed'), blob);
    expect(await (await open('app', folder, keychain)).read('other.json')).toBeNull();
  });

  secretsTest('is set aside when a newer file has come, and not deleted', async ({ folder, keychain }) => {
    await (await open('app', folder, keychain)).write(NAME, bytes('old'));
    const blob = readFileSync(at(folder, SEALED));
    writeFileSync(at(folder, NAME), 'new');
    const options = optionsOf('app', folder, keychain);
    expect(await read(await ServerSecrets.open(options))).toBe('new');
    const aside = files(folder).filter((name) => name.includes('.set-aside-'));
    expect(files(folder)).toEqual([SEALED, ...aside]);
    expect(readFileSync(at(folder, aside[0] as string))).toEqual(blob);
    expect(options.notices).toEqual([expect.stringContaining(aside[0] as string)]);
  });
});

describe('a keychain that waits for the user', () => {
  const settled = async (clock: FakeClock, opening: Promise<ServerSecrets>) => {
    let secrets: ServerSecrets | null = null;
    void opening.then((it) => {
      secrets = it;
    });
    // The wait begins only after files were read, which takes real time.
    while (secrets === null) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(SECOND);
    }
    return opening;
  };

  secretsTest(
    'holds up a start for seconds at most; when it opens, the values are there',
    async ({ folder, keychain }) => {
      await (await open('app', folder, keychain)).write(NAME, bytes(CANARY));
      keychain.lock();
      const clock = new FakeClock();
      const secrets = await settled(
        clock,
        ServerSecrets.open({ ...optionsOf('app', folder, keychain), timers: clock }),
      );
      expect(await read(secrets)).toBeNull();
      expect(secrets.problem).toContain('it has not answered within 5 s');
      await expect(secrets.write(NAME, bytes('{}'))).rejects.toThrow('This cannot be saved.');

      const readable = new Promise<void>((resolve) => secrets.onReadable(resolve));
      keychain.unlock();
      await readable;
      expect(secrets.problem).toBeNull();
      // Whoever has not read it since would write over what it never saw.
      await expect(secrets.write(NAME, bytes('{}'))).rejects.toThrow('This cannot be saved.');
      expect(await read(secrets)).toBe(CANARY);
      await secrets.write(NAME, bytes('newer'));
      expect(await read(await open('app', folder, keychain))).toBe('newer');
    },
  );

  secretsTest('moves a file when it opens late, with what was written meanwhile', async ({ folder, keychain }) => {
    await (await open('headless', folder, keychain)).write(NAME, bytes(CANARY));
    keychain.lock();
    const clock = new FakeClock();
    const secrets = await settled(clock, ServerSecrets.open({ ...optionsOf('app', folder, keychain), timers: clock }));
    expect(await read(secrets)).toBe(CANARY);
    await secrets.write(NAME, bytes('newer'));
    keychain.unlock();
    await expect.poll(() => files(folder)).toEqual([SEALED]);
    expect(await read(secrets)).toBe('newer');
  });

  secretsTest(
    'holds up nothing when nothing is stored, and nothing after Holdfast has stopped',
    async ({ folder, keychain }) => {
      keychain.lock();
      const secrets = await open('app', folder, keychain);
      expect(await read(secrets)).toBeNull();
      expect(secrets.problem).toBeNull();
      await secrets.close();
      await (await open('headless', folder, keychain)).write(NAME, bytes(CANARY));
      keychain.unlock();
      await new Promise((resolve) => setImmediate(resolve));
      expect(files(folder)).toEqual([NAME]);
    },
  );
});

/** What a killed process does no more. */
class Killed extends Error {}

/** Files of a process that is killed at a certain one of its operations: before it, in the middle of it, or after it. */
class MortalFiles extends FileSecrets {
  private left: number;
  private readonly moment: 'before' | 'amid' | 'after';

  constructor(folder: string, left: number, moment: 'before' | 'amid' | 'after') {
    super(folder);
    this.left = left;
    this.moment = moment;
  }

  get isDead(): boolean {
    return this.left <= 0;
  }

  override async read(name: string) {
    if (this.isDead) throw new Killed();
    return super.read(name);
  }

  override write(name: string, value: Uint8Array, check?: (written: Uint8Array) => void | Promise<void>) {
    const half = () => writeFileSync(join(this.folder, `.${name}.1`), value.subarray(0, 9));
    return this.step(() => super.write(name, value, check), half);
  }

  override remove(name: string) {
    return this.step(() => super.remove(name));
  }

  override rename(name: string, newName: string) {
    return this.step(() => super.rename(name, newName));
  }

  private async step(work: () => Promise<void>, half: () => void = () => {}): Promise<void> {
    if (this.isDead) throw new Killed();
    this.left -= 1;
    if (this.isDead && this.moment === 'amid' && existsSync(this.folder)) half();
    if (this.isDead && this.moment !== 'after') throw new Killed();
    await work();
    if (this.isDead) throw new Killed();
  }
}

const RUNS: Run[] = ['app', 'app, file', 'app, refused', 'headless', 'headless, file'];

test('no order of runs, kills and writes loses the last value that was saved', { timeout: 120_000 }, async () => {
  const run = fc.record({
    run: fc.constantFrom(...RUNS),
    writes: fc.nat(2),
    killedAt: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 1, max: 5 })),
    moment: fc.constantFrom('before', 'amid', 'after'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(run, { minLength: 1, maxLength: 6 }), async (runs) => {
      const folder = makeFolder();
      try {
        const keychain = new FakeKeychain();
        let count = 0;
        /** What may be found: the last value that was saved, or the ones whose saving was interrupted after it. */
        let possible: (string | null)[] = [null];
        for (const { run, writes, killedAt, moment } of runs) {
          const files = new MortalFiles(folder, killedAt, moment);
          try {
            const secrets = await ServerSecrets.open({ ...optionsOf(run, folder, keychain), files });
            const found = await read(secrets);
            if (secrets.problem === null) {
              expect(possible).toContain(found);
              possible = [found];
            } else expect(found).toBeNull();
            for (let index = 0; index < writes; index += 1) {
              const value = `value ${++count}`;
              try {
                await secrets.write(NAME, bytes(value));
                possible = [value];
              } catch (error) {
                if (files.isDead) possible.push(value);
                else expect(secrets.problem, String(error)).not.toBeNull();
              }
            }
          } catch (error) {
            if (!files.isDead) throw error;
          }
        }
        const secrets = await open('app', folder, keychain);
        expect(secrets.problem).toBeNull();
        expect(possible).toContain(await read(secrets));
      } finally {
        removeFolder(folder);
      }
    }),
    { numRuns: 300 },
  );
});
