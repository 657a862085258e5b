// biome-ignore-all lint/suspicious/noTemplateCurlyInString: servers.json writes references like this
import { describe, expect, test } from 'vitest';
import { KnownSecrets } from '#src/main/activity/contents/known-secrets';
import { parseFile } from '#src/main/upstream/config/file/file-text';
import { valuesOfServers } from '#src/main/upstream/config/known-secrets';
import { resolveEntry } from '#src/main/upstream/config/resolve';
import { NO_VALUES, type StoredValues } from '#src/main/upstream/config/server-values';

/** What removes the secrets of these entries of servers.json. */
function removerOf(mcpServers: Record<string, object>, stored: Partial<StoredValues> = {}) {
  const values = { ...NO_VALUES, ...stored };
  const parsed = parseFile(JSON.stringify({ mcpServers }), 'servers.json');
  if (!parsed.ok) throw new Error(parsed.problem);
  const servers = parsed.file.entries.map((entry) =>
    resolveEntry(entry, {
      environment: { FROM_SHELL: 'value of the shell' },
      valuesOf: () => values,
      isLocked: () => false,
      isTrusted: () => true,
      changedSince: () => [],
      isOwn: () => false,
      readKey: () => '',
    }),
  );
  return new KnownSecrets(
    () => servers,
    () => valuesOfServers(servers, () => values),
  ).maskAll;
}

describe('valuesOfServers', () => {
  test.each([
    ['a value of the environment', { command: 'x', env: { MODE: 'plain words' } }, 'plain words'],
    ['a value that is looked up', { command: 'x', env: { MODE: '${FROM_SHELL}' } }, 'value of the shell'],
    ['a header, and its parts', { url: 'http://127.0.0.1/', headers: { X: 'Scheme part-of-it' } }, 'part-of-it'],
    ['an argument after a flag', { command: 'x', args: ['--api-key', 'a plain value'] }, 'a plain value'],
    ['an argument with its flag', { command: 'x', args: ['--token=a plain value'] }, 'a plain value'],
    ['an argument that looks like one', { command: 'x', args: ['ghp_0123456789abcdef'] }, 'ghp_0123456789abcdef'],
    ['a password in an address', { url: 'http://me:pass%20word@127.0.0.1/' }, 'pass word'],
    ['a parameter of an address', { url: 'http://127.0.0.1/?q=some+value' }, 'some value'],
    ['what a broken entry holds', { command: 'x', url: 'http://127.0.0.1/', env: { A: 'plain words' } }, 'plain words'],
  ])('%s', (_, entry, secret) => {
    expect(removerOf({ one: entry })(`before ${secret} after`)).toBe('before ••• after');
  });

  test('what is kept outside of the file', () => {
    const remove = removerOf(
      { one: { command: 'x', env: { A: '${secret}' } } },
      { env: { A: 'kept value' }, oauth: { client_secret: 'kept.*secret' } },
    );
    expect(remove('kept value, kept.*secret, ${secret}')).toBe('•••, •••, ${secret}');
  });

  test('leaves words, and arguments that are no secrets', () => {
    const remove = removerOf({
      one: { command: 'x', args: ['-y', '@scope/package', '/srv/data'], env: { A: 'true' } },
    });
    expect(remove('true -y @scope/package /srv/data')).toBe('true -y @scope/package /srv/data');
    expect(removerOf({})('text')).toBe('text');
  });
});
