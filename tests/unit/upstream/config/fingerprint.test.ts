import { describe, expect, test } from 'vitest';
import { readEntry } from '#src/main/upstream/config/file/entry';
import { commandFingerprint, decidesWhatRuns, targetFingerprint } from '#src/main/upstream/config/fingerprint';

const form = (entry: object) => readEntry(entry).form;
const ENTRY = { command: 'npx', args: ['-y', 'x'], cwd: '/tmp', env: { A: '1', B: '2' } };
const TARGET = { kind: 'stdio', ...ENTRY } as const;

describe('the fingerprint of a command, which is confirmed', () => {
  test.each([
    ['a value of its environment', { ...ENTRY, env: { A: 'other', B: '2' } }],
    ['the order of its environment', { ...ENTRY, env: { B: '2', A: '1' } }],
    ['the policy', { ...ENTRY, policy: 'shared', idleStopMinutes: 5, disabled: true }],
    ['a key that nobody knows', { ...ENTRY, note: 1 }],
  ])('stays the same when %s changes', (_what, other) => {
    expect(commandFingerprint(form(other))).toBe(commandFingerprint(form(ENTRY)));
  });

  test.each([
    ['program', { ...ENTRY, command: 'npm' }],
    ['arguments', { ...ENTRY, args: ['-y x'] }],
    ['folder', { ...ENTRY, cwd: '/' }],
    ['variables', { ...ENTRY, env: { A: '1', B: '2', NODE_OPTIONS: '' } }],
  ])('changes with its %s', (_what, other) => {
    expect(commandFingerprint(form(other))).not.toBe(commandFingerprint(form(ENTRY)));
  });
});

describe('variables that decide what a command is', () => {
  const names = ['PATH', 'Path', 'NODE_OPTIONS', 'LD_PRELOAD', 'DYLD_INSERT_LIBRARIES', 'PYTHONPATH', 'BASH_ENV'];

  test.each(names)('%s: another value is another command', (name) => {
    const of = (value: string) => commandFingerprint(form({ ...ENTRY, env: { [name]: value } }));
    expect(of('/bin')).not.toBe(of('/tmp/evil'));
    expect(of('/bin')).toBe(of('/bin'));
  });

  test.each(['API_KEY', 'MY_PATH', 'PATH_TO_KEY', 'HOME'])('%s is none of them', (name) => {
    expect(decidesWhatRuns(name)).toBe(false);
  });
});

describe('the fingerprint of what runs', () => {
  test('changes with a value of its environment or of a header, and not with their order', () => {
    expect(targetFingerprint({ ...TARGET, env: { B: '2', A: '1' } })).toBe(targetFingerprint(TARGET));
    expect(targetFingerprint({ ...TARGET, env: { A: '1', B: '3' } })).not.toBe(targetFingerprint(TARGET));
    const web = { kind: 'http', url: 'http://x/', headers: { K: '1' } } as const;
    expect(targetFingerprint({ ...web, headers: { K: '2' } })).not.toBe(targetFingerprint(web));
  });
});
