import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { CHECKED, writeBefore } from './clients';
import { installed, note, checkTest as test } from './support';

/** Clients start slowly, and each is started several times. */
const SEVERAL_STARTS_MS = 180_000;

interface Found {
  readonly clients: { readonly name: string; readonly last_seen_at: number | null }[];
}

describe.each(CHECKED)('$id', (client) => {
  const { id, command, env, list, listed, comes, reference } = client;
  const program = installed(id);

  test.skipIf(program === null)(
    'is connected, comes, and is left as it was',
    { timeout: SEVERAL_STARTS_MS },
    async ({ home, start }) => {
      if (program === null) return;
      await start();
      Object.assign(home.env, env);
      const file = writeBefore(client, home);
      if (id === 'claude-code') mkdirSync(join(home.folder, '.claude'), { recursive: true });
      // What the client itself writes into its file at its first start belongs to it.
      await home.client(program, command, list);
      const before = readFileSync(file);
      for (const way of reference === null ? ['file'] : ['file', 'reference']) {
        const connected = await home.holdfast('connect', id, '--key', way, '--wait', '0');
        expect(connected, connected.stderr).toMatchObject({ code: 0, stderr: '' });
        const text = readFileSync(file, 'utf8');
        expect(/hf_[\w-]{43}/.test(text), 'where the key stands').toBe(way === 'file');
        const [, name, key] = /^ {2}export (\w+)=(hf_[\w-]{43})$/m.exec(connected.stdout) ?? [];
        if (name !== undefined && key !== undefined) home.env[name] = key;
        expect(name !== undefined).toBe(way === 'reference' && reference === 'environment');
        const { stdout, stderr } = await home.client(program, command, list);
        expect(`${stdout}${stderr}`).toMatch(listed);
        const { clients } = await home.ask<Found>('/api/mcp/clients');
        expect(clients, 'one key').toHaveLength(1);
        expect(clients[0]?.last_seen_at !== null).toBe(comes);
        const mine = new RegExp(`^${id} +${comes ? 'connected, was here' : 'set up in the file'}`, 'm');
        expect((await home.holdfast('connect')).stdout).toMatch(mine);
        expect((await home.holdfast('connect', id, '--undo')).code).toBe(0);
        expect(existsSync(file) && readFileSync(file).equals(before), 'the file from before').toBe(true);
        if (name !== undefined) delete home.env[name];
      }
      note(id, {
        version: program.version,
        listed: `\`${[command, ...list].join(' ')}\` ${comes ? 'comes to Holdfast' : 'only reads its file'}`,
        key:
          reference === null ? 'in its file' : `in its file; ${reference === 'own_file' ? 'in ours' : 'in a variable'}`,
        undo: 'byte for byte',
      });
    },
  );
});
