import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  entryValues,
  execArguments,
  execValue,
  isWritable,
  withValues,
} from '#src/main/platform/start-at-login/desktop-entry';

const argument = fc.string({ minLength: 1, maxLength: 30, unit: 'binary' }).filter(isWritable);

describe('an Exec line', () => {
  test('gives back the arguments it was made of', () => {
    const awkward = fc.constantFrom('%u', '%%', '$HOME', '`id`', 'a b', '"', '\\', '\\\\n', "it's", 'ü', ';', '=');
    fc.assert(
      fc.property(fc.array(fc.oneof(argument, awkward), { minLength: 1 }), (args) => {
        expect(execArguments(execValue(args))).toEqual(args);
      }),
    );
  });

  test.each([
    [['/usr/bin/holdfast', '--hidden'], '/usr/bin/holdfast --hidden'],
    [['/opt/a b/x'], '"/opt/a b/x"'],
    [['/a$b`c"d\\e'], '"/a\\\\$b\\\\`c\\\\"d\\\\\\\\e"'],
    [['/100%/x'], '/100%%/x'],
    [['/100%/x y'], '"/100%%/x y"'],
  ])('quotes %j as the specification says', (args, value) => expect(execValue(args)).toBe(value));

  test.each([
    ['holdfast %u', ['holdfast']],
    ['  sh -c  "a  b" ', ['sh', '-c', 'a  b']],
    ['', []],
    ['"open', null],
    ['a"b"', null],
  ])('%j is read as %j', (value, args) => expect(execArguments(value)).toEqual(args));

  test('reading never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void [execArguments(text), entryValues(text)]));
  });
});

test('only the main group counts, and the first of two lines', () => {
  const text =
    '# x\n[Other]\nExec=no\n[Desktop Entry]\nExec = a\nExec=b\nName[de]=c\n[Desktop Action x]\nHidden=true\n';
  expect([...(entryValues(text) ?? [])]).toEqual([['Exec', 'a']]);
  expect(entryValues('[Other]\nExec=no')).toBeNull();
  expect(withValues(text, { Exec: 'z' })).toBe(text.replace('Exec = a', 'Exec=z').replace('Exec=b', 'Exec=z'));
});
