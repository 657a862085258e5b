import { describe, expect, test } from 'vitest';
import { withoutSecrets } from '#src/main/upstream/redaction';

const stdio = (env: Record<string, string>) => ({ kind: 'stdio', command: 'x', args: [], cwd: null, env }) as const;

describe('what a server says is repeated without its secrets', () => {
  test.each([
    ['the key sk-12345678 is wrong', { KEY: 'sk-12345678' }, 'the key ••• is wrong'],
    ['sk-12345678sk-12345678', { KEY: 'sk-12345678' }, '••••••'],
    ['debug is true', { DEBUG: 'true' }, 'debug is true'],
    ['abcdefghij', { PART: 'abcdefgh', WHOLE: 'abcdefghij' }, '•••'],
    ['nothing', {}, 'nothing'],
    ['cut at the end: sk-123456', { KEY: 'sk-12345678' }, 'cut at the end: •••'],
    ['it says "no sk-123456"; wait', { KEY: 'sk-12345678' }, 'it says "no •••"; wait'],
    ['shortened sk-123456…', { KEY: 'sk-12345678' }, 'shortened •••…'],
    ['in /home/user/other.', { FOLDER: '/home/user/data' }, 'in /home/user/other.'],
  ])('%s', (text, env, told) => {
    expect(withoutSecrets(text, stdio(env))).toBe(told);
  });

  test.each([300, 500, 1_000])('cut off after %d characters, it has no more of a secret than a word', (length) => {
    const secret = 'plain words of a canary 77d1';
    for (let before = length - secret.length; before < length - 8; before += 1) {
      const cut = `${'x'.repeat(before)}${secret} and more`.slice(0, length);
      for (const said of [cut, `refused it; it says "${cut}".`, `${cut}…`]) {
        expect(withoutSecrets(said, stdio({ TOKEN: secret }))).not.toContain('plain wo');
      }
    }
  });

  test('nor with the key of a header', () => {
    const headers = { Authorization: 'Bearer key-12345678' };
    const target = { kind: 'http', url: 'http://127.0.0.1/', headers } as const;
    expect(withoutSecrets('key-12345678 was refused; send Bearer key-12345678', target)).toBe(
      '••• was refused; send •••',
    );
  });
});
