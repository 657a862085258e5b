import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'jsonc-parser';
import { parse as parseToml } from 'smol-toml';
import { describe, expect } from 'vitest';
import { Connector } from '#src/main/connect/connector';
import { KNOWN_CLIENTS, type KnownClient } from '#src/main/connect/known-clients';
import { folderTest } from '#tests/support/fixtures';

const TARGET = {
  url: 'http://127.0.0.1:8181/mcp',
  key: `hf_${'k'.repeat(43)}`,
  cli: { command: '/usr/bin/node', args: [], env: {} },
};
const clientOf = (id: string) => KNOWN_CLIENTS.find((one) => one.id === id) as KnownClient;
const CURSOR = clientOf('cursor');
const CODEX = clientOf('codex');

/** One client's file in a home folder, and what is done with it. */
class Desk {
  readonly connector: Connector;
  readonly file: string;
  readonly client: KnownClient;

  constructor(folder: string, client: KnownClient, text: string) {
    const home = join(folder, 'home');
    this.client = client;
    this.file = join(home, client === CURSOR ? '.cursor/mcp.json' : '.codex/config.toml');
    mkdirSync(dirname(this.file), { recursive: true });
    writeFileSync(this.file, text);
    this.connector = new Connector(join(folder, 'data'), { home, platform: 'linux', environment: {} });
  }

  get text(): string {
    return readFileSync(this.file, 'utf8');
  }

  edit(from: string, to: string): void {
    expect(this.text).toContain(from);
    writeFileSync(this.file, this.text.replace(from, to));
  }

  connect(): void {
    this.connector.connect(this.client, this.connector.plan(this.client, TARGET), 'c_1');
  }

  takeOut(...names: string[]): readonly string[] {
    const plan = this.connector.planTakeOut(this.client, names);
    this.connector.takeOut(this.client, plan);
    return plan.taken;
  }

  undo(): void {
    const plan = this.connector.planUndo(this.client);
    if (plan) this.connector.undo(this.client, plan);
    expect(existsSync(`${this.file}.holdfast-backup`)).toBe(false);
  }
}

const test = folderTest.extend(
  'deskOf',
  ({ folder }) =>
    (text: string, client = CURSOR) =>
      new Desk(folder, client, text),
);

const MINE = `{
  // mine
  "mcpServers": {
    "docs": { "command": "npx", "args": ["docs"], "env": { "API_KEY": "s3cret" } }, // the docs
    "shop": { "url": "https://shop.example/mcp" },
    "mine": { "command": "mine" }
  },
  "theme": "dark"
}
`;

describe('the own entries of a client', () => {
  test('are taken out by name, the rest stays byte for byte, and one undo restores all of it', ({ deskOf }) => {
    const desk = deskOf(MINE);
    desk.connect();
    expect(desk.connector.ownEntries(CURSOR)).toEqual(['docs', 'shop', 'mine']);
    const { difference } = desk.connector.planTakeOut(CURSOR, ['docs']);
    expect(difference).toContain('-    "docs": { "command": "npx"');
    expect(difference).not.toContain('s3cret');
    expect(desk.takeOut('docs', 'shop', 'nobody', 'holdfast')).toEqual(['docs', 'shop']);
    expect(Object.keys(parse(desk.text).mcpServers)).toEqual(['mine', 'holdfast']);
    expect(desk.text).toContain('// mine');
    desk.undo();
    expect(desk.text).toBe(MINE);
  });

  test('come back at undo when the file was changed since, and what is there again is left alone', ({ deskOf }) => {
    const desk = deskOf(MINE);
    desk.connect();
    desk.takeOut('docs', 'shop');
    desk.edit('"dark"', '"light"');
    desk.edit('"mcpServers": {', '"mcpServers": { "shop": { "url": "https://new.example" },');
    desk.undo();
    expect(parse(desk.text)).toEqual({
      mcpServers: { ...parse(MINE).mcpServers, shop: { url: 'https://new.example' } },
      theme: 'light',
    });
  });

  test('come back even if somebody took Holdfast out by hand', ({ deskOf }) => {
    const desk = deskOf(MINE);
    desk.connect();
    desk.takeOut('docs');
    const { mcpServers } = parse(desk.text);
    const { holdfast: _, ...left } = mcpServers;
    writeFileSync(desk.file, JSON.stringify({ mcpServers: left }));
    desk.undo();
    expect(parse(desk.text)).toEqual({ mcpServers: parse(MINE).mcpServers });
    expect(desk.connector.planUndo(CURSOR)).toBeNull();
  });

  test('come back even if Holdfast went in again by a link', ({ deskOf }) => {
    const desk = deskOf(MINE);
    desk.connect();
    desk.takeOut('docs');
    const { mcpServers } = parse(desk.text);
    const { holdfast, ...left } = mcpServers;
    writeFileSync(desk.file, JSON.stringify({ mcpServers: left }));
    desk.connector.noteLink(CURSOR, 'c_2');
    writeFileSync(desk.file, JSON.stringify({ mcpServers: { ...left, holdfast } }));
    desk.undo();
    expect(parse(desk.text)).toEqual({ mcpServers: parse(MINE).mcpServers });
  });

  test('that were taken out before a change and after it all come back', ({ deskOf }) => {
    const desk = deskOf(MINE);
    desk.connect();
    desk.takeOut('docs');
    desk.edit('"dark"', '"light"');
    desk.takeOut('shop');
    const both = MINE.replace('"dark"', '"light"');
    desk.edit('"light"', '"blue"');
    desk.undo();
    expect(parse(desk.text)).toEqual({ ...parse(both), theme: 'blue' });
  });

  test('are left alone in a file that Holdfast did not write', ({ deskOf }) => {
    const desk = deskOf(MINE);
    expect(() => desk.connector.planTakeOut(CURSOR, ['docs'])).toThrow('Connect it first.');
    expect(desk.text).toBe(MINE);
  });

  test('of TOML go with their tables and come back', ({ deskOf }) => {
    const text =
      '# mine\nmodel = "o5"\n\n[mcp_servers.docs]\ncommand = "npx"\n\n[mcp_servers.docs.env]\nAPI_KEY = "s3cret"\n\n[tui]\ntheme = "dark"\n';
    const desk = deskOf(text, CODEX);
    desk.connect();
    expect(desk.takeOut('docs')).toEqual(['docs']);
    expect(Object.keys(parseToml(desk.text).mcp_servers as object)).toEqual(['holdfast']);
    desk.edit('"dark"', '"light"');
    desk.undo();
    expect(parseToml(desk.text)).toEqual(parseToml(text.replace('"dark"', '"light"')));
    expect(desk.text).toContain('# mine');
  });

  test('whatever they are and whatever happens in between, undo brings them back', ({ deskOf }) => {
    const name = fc.stringMatching(/^[a-z]{1,4}$/).filter((it) => it !== 'holdfast');
    const entries = fc.dictionary(name, fc.dictionary(fc.string(), fc.jsonValue()), { minKeys: 1, maxKeys: 5 });
    const steps = fc.array(fc.oneof(fc.constant('edit'), fc.constant('connect'), name), { maxLength: 6 });
    fc.assert(
      fc.property(entries, steps, fc.constantFrom(undefined, 2, '\t'), (servers, done, indent) => {
        const text = JSON.stringify({ mcpServers: servers, edits: 0 }, null, indent);
        const desk = deskOf(text);
        let edits = 0;
        desk.connect();
        for (const step of done) {
          if (step === 'connect') desk.connect();
          else if (step === 'edit') {
            edits += 1;
            writeFileSync(desk.file, desk.text.replace(/("edits": ?)\d+/, `$1${edits}`));
          } else desk.takeOut(...Object.keys(servers).filter((it) => it.startsWith(step.charAt(0))));
        }
        desk.undo();
        if (edits === 0) expect(desk.text).toBe(text);
        // What was JSON still is; a reader of comments takes `__proto__` for the prototype.
        expect(JSON.parse(desk.text)).toEqual({ ...JSON.parse(text), edits });
      }),
      { numRuns: 60 },
    );
  });
});
