import { describe, expect, it } from 'vitest';
import { readEntry } from '../../../src/main/upstream/config/entry';
import { commandFingerprint, targetFingerprint } from '../../../src/main/upstream/config/fingerprint';

const form = (entry: object) => readEntry(entry).form;
const ENTRY = { command: 'npx', args: ['-y', 'x'], cwd: '/tmp', env: { A: '1', B: '2' } };
const TARGET = { kind: 'stdio', ...ENTRY } as const;

describe('the fingerprint of a command, which is confirmed', () => {
  it.each([
    ['a value of its environment', { ...ENTRY, env: { A: 'other', B: '2' } }],
    ['the order of its environment', { ...ENTRY, env: { B: '2', A: '1' } }],
    ['the policy', { ...ENTRY, policy: 'shared', idleStopMinutes: 5, disabled: true }],
    ['a key that nobody knows', { ...ENTRY, note: 1 }],
  ])('stays when %s is another', (_what, other) => {
    expect(commandFingerprint(form(other))).toBe(commandFingerprint(form(ENTRY)));
  });

  it.each([
    ['program', { ...ENTRY, command: 'npm' }],
    ['arguments', { ...ENTRY, args: ['-y x'] }],
    ['folder', { ...ENTRY, cwd: '/' }],
    ['variables', { ...ENTRY, env: { A: '1', B: '2', NODE_OPTIONS: '' } }],
  ])('changes with its %s', (_what, other) => {
    expect(commandFingerprint(form(other))).not.toBe(commandFingerprint(form(ENTRY)));
  });
});

describe('the fingerprint of what runs', () => {
  it('changes with a value of its environment or of a header, and not with their order', () => {
    expect(targetFingerprint({ ...TARGET, env: { B: '2', A: '1' } })).toBe(targetFingerprint(TARGET));
    expect(targetFingerprint({ ...TARGET, env: { A: '1', B: '3' } })).not.toBe(targetFingerprint(TARGET));
    const web = { kind: 'http', url: 'http://x/', headers: { K: '1' } } as const;
    expect(targetFingerprint({ ...web, headers: { K: '2' } })).not.toBe(targetFingerprint(web));
  });
});
