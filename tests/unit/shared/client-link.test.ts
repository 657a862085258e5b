import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clientLink, isClientLink } from '#src/shared/model/client-link';

const URL = 'http://127.0.0.1:8181/mcp';

describe('a link by which a program adds Holdfast', () => {
  test('of Cursor has the address and where the key is, in Base64', () => {
    const link = clientLink('cursor', URL);
    const [, name, config] =
      /^cursor:\/\/anysphere\.cursor-deeplink\/mcp\/install\?name=(\w+)&config=(.+)$/.exec(link) ?? [];
    expect(name).toBe('holdfast');
    expect(JSON.parse(atob(decodeURIComponent(config ?? '')))).toEqual({
      url: URL,
      headers: { Authorization: `Bearer \${env:HOLDFAST_KEY_CURSOR}` },
    });
  });

  test.each([
    [false, 'vscode:mcp/install?'],
    [true, 'vscode-insiders:mcp/install?'],
  ] as const)('of VS Code has it ask for the key (Insiders: %s)', (isInsiders, start) => {
    const link = clientLink('vscode', URL, isInsiders);
    expect(link.startsWith(start)).toBe(true);
    expect(JSON.parse(decodeURIComponent(link.slice(start.length)))).toEqual({
      name: 'holdfast',
      type: 'http',
      url: URL,
      headers: { Authorization: `Bearer \${input:holdfast-key}` },
      inputs: [{ type: 'promptString', id: 'holdfast-key', description: 'Key from Holdfast', password: true }],
    });
  });

  test('may be opened, for any port of this machine', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 65_535 }), fc.constantFrom('127.0.0.1', 'localhost'), (port, host) => {
        const url = new globalThis.URL(`http://${host}:${port}/mcp`).href;
        for (const link of [clientLink('cursor', url), clientLink('vscode', url), clientLink('vscode', url, true)])
          expect(isClientLink(link)).toBe(true);
      }),
    );
  });

  test('is the only one of its schemes that may be opened', () => {
    const config = (value: object) => encodeURIComponent(btoa(JSON.stringify(value)));
    const cursor = 'cursor://anysphere.cursor-deeplink/mcp/install?name=holdfast&config=';
    for (const link of [
      clientLink('cursor', 'http://evil.example/mcp'),
      clientLink('vscode', 'https://127.0.0.1:8181/mcp'),
      clientLink('cursor', 'http://user@127.0.0.1:8181/mcp'),
      clientLink('cursor', 'http://127.0.0.1:8181/other'),
      `${cursor}${config({ command: 'sh', args: ['-c', 'id'] })}`,
      `${cursor}${config({ url: URL, headers: { Authorization: 'Bearer hf_secret' } })}`,
      `${clientLink('cursor', URL)}&more=1`,
      `${clientLink('vscode', URL)}#more`,
      clientLink('cursor', URL).replace('mcp/install', 'mcp/other'),
      clientLink('vscode', URL).replace('vscode:', 'vscode-evil:'),
      'cursor://',
      'vscode:mcp/install?%',
      'file:///etc/passwd',
    ])
      expect(isClientLink(link), link).toBe(false);
  });

  test('is told from any other text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 9_000 }), (text) => {
        expect(isClientLink(text)).toBe(false);
      }),
    );
    const link = clientLink('cursor', URL);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: link.length - 1 }), fc.constantFrom('', 'x', '/', '%41'), (at, other) => {
        const changed = link.slice(0, at) + other + link.slice(at + 1);
        if (isClientLink(changed)) expect(urlOf(changed)).toMatch(/^http:\/\/127\.\d+\.\d+\.\d+(:\d+)?\/mcp$/);
      }),
    );
  });
});

/** The address in a link that may be of another port by now. */
function urlOf(link: string): string {
  try {
    return JSON.parse(atob(decodeURIComponent(link.split('config=')[1] ?? ''))).url;
  } catch {
    return '';
  }
}
