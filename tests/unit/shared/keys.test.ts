import { describe, expect, test } from 'vitest';
import { COMMANDS } from '#src/shared/model/commands';
import { isPress, isSingleKey, type KeyPress, keyWords } from '#src/shared/model/keys';
import { VIEWS } from '#src/shared/model/views';

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});
const CTRL = { ctrlKey: true };
const META = { metaKey: true };

describe('a key press', () => {
  test.each([
    ['CmdOrCtrl+K', press('k', CTRL), false, true],
    ['CmdOrCtrl+K', press('K', CTRL), false, true],
    ['CmdOrCtrl+K', press('k', META), true, true],
    ['CmdOrCtrl+K', press('k', CTRL), true, false],
    ['CmdOrCtrl+K', press('k', META), false, false],
    ['CmdOrCtrl+K', press('k'), false, false],
    ['CmdOrCtrl+K', press('K', { ...CTRL, shiftKey: true }), false, false],
    ['CmdOrCtrl+K', press('k', { ...CTRL, altKey: true }), false, false],
    ['CmdOrCtrl+=', press('=', CTRL), false, true],
    ['?', press('?', { shiftKey: true }), false, true],
    ['/', press('/', { shiftKey: true }), false, true],
    ['/', press('/', CTRL), false, false],
  ])('%s and %j', (keys, pressed, mac, expected) => {
    expect(isPress(keys, pressed, mac)).toBe(expected);
  });

  test('a single key is one that people type', () => {
    expect(['?', '/', 'K', 'CmdOrCtrl+K', 'Enter', 'CmdOrCtrl+/'].filter(isSingleKey)).toEqual(['?', '/', 'K']);
  });

  test('is written as on the keyboard', () => {
    expect([keyWords('CmdOrCtrl+K', false), keyWords('CmdOrCtrl+K', true), keyWords('?', true)]).toEqual([
      'Ctrl+K',
      '⌘K',
      '?',
    ]);
  });
});

describe('the commands', () => {
  test('have an id and a title of their own, and no two have the same keys', () => {
    for (const values of [
      COMMANDS.map(({ id }) => id),
      COMMANDS.map(({ title }) => title),
      COMMANDS.flatMap(({ keys = [] }) => keys),
    ]) {
      expect(new Set(values).size).toBe(values.length);
    }
  });

  test('lead to every view', () => {
    const ids = COMMANDS.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(VIEWS.map((view) => `view.${view}`)));
  });
});
