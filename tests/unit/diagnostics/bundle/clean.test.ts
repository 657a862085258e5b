import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanJson, textCleaner } from '#src/main/diagnostics/bundle/clean';
import { jsonLines } from '#src/main/diagnostics/bundle/lines';

const clean = textCleaner((text) => text.replaceAll('open sesame', '•••'), '/home/ada');

describe('cleanJson', () => {
  it('cleans texts and names at any depth, and leaves the rest', () => {
    expect(
      cleanJson({ a: ['say open sesame', 1, true, null], 'open sesame': { folder: '/home/ada/x' } }, clean),
    ).toEqual({ a: ['say •••', 1, true, null], '•••': { folder: '~/x' } });
  });

  it('hides a text whose name says that it is a secret, whatever it looks like', () => {
    expect(cleanJson({ api_key: 'plain', token: '', reconnect_token: 'abc', keys: 'three' }, clean)).toEqual({
      api_key: '•••',
      token: '',
      reconnect_token: '•••',
      keys: 'three',
    });
  });

  it('hides a number that is a known secret', () => {
    const digits = textCleaner((text) => text.replaceAll('12345678', '•••'), '/home/ada');
    expect(cleanJson([12345678, 1234567], digits)).toEqual(['•••', 1234567]);
  });

  it('finds a secret however JSON would write it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 8 }), fc.string(), fc.string(), (secret, before, after) => {
        const cleaner = textCleaner((text) => text.replaceAll(secret, '•••'), '/home/ada');
        const written = JSON.stringify(cleanJson({ text: before + secret + after }, cleaner));
        const { text } = JSON.parse(written);
        fc.pre(!(before + after).includes(secret) && !'•••'.includes(secret));
        expect(text.includes(secret)).toBe(false);
      }),
    );
  });
});

describe('jsonLines', () => {
  it('keeps the newest lines that have room, the oldest first', () => {
    expect(jsonLines([3, 2, 1], 100, false)).toEqual({ text: '1\n2\n3\n', isCut: false });
    expect(jsonLines([3, 2, 1], 4, false)).toEqual({ text: '2\n3\n', isCut: true });
    expect(jsonLines([3], 100, true)).toEqual({ text: '3\n', isCut: true });
    expect(jsonLines([], 100, false)).toEqual({ text: '', isCut: false });
  });
});
