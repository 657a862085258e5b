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
  ])('%s', (text, env, told) => {
    expect(withoutSecrets(text, stdio(env))).toBe(told);
  });

  test('nor with the key of a header', () => {
    const headers = { Authorization: 'Bearer key-12345678' };
    const target = { kind: 'http', url: 'http://127.0.0.1/', headers } as const;
    expect(withoutSecrets('key-12345678 was refused; send Bearer key-12345678', target)).toBe(
      '••• was refused; send •••',
    );
  });
});
