import { describe, expect, test } from 'vitest';
import { policyOf } from '#src/main/settings/effects';
import { SettingDesk, type SettingDeskDeps } from '#src/main/settings/setting-desk';
import type { SettingChanges } from '#src/shared/contract/settings';
import { HOUR, MINUTE } from '#src/shared/model/units';

function deskOver(rows: Record<string, unknown> = {}, given: SettingDeskDeps['given'] = {}) {
  const table = new Map(Object.entries(rows));
  const problems: string[] = [];
  const open = () =>
    new SettingDesk({
      given,
      kept: {
        get: <T>(name: string) => (table.get(name) ?? null) as T | null,
        set: (name, value) => void table.set(name, value),
        remove: (name) => void table.delete(name),
      },
      transaction: (work) => work(),
      machineBytes: 0,
      onProblem: (sentence) => void problems.push(sentence),
    });
  return { desk: open(), open, table, problems };
}

const one = (desk: SettingDesk, name: string) => desk.list().find((setting) => setting.name === name);

test('a saved value goes before the default, and the environment before both', () => {
  const { desk } = deskOver({ retention_hours: 48, processes: 10 }, { processes: 20 });
  expect(one(desk, 'retention_hours')).toMatchObject({ value: 48, default: 24, origin: 'saved', editable: true });
  expect(one(desk, 'processes')).toMatchObject({ value: 20, origin: 'environment', editable: false });
  expect(one(desk, 'reattach_seconds')).toMatchObject({ value: 120, origin: 'default' });
});

test('what holds at once is applied at once, and the rest at the next start', () => {
  const { desk, open } = deskOver();
  const retentions: number[] = [];
  desk.apply((values) => retentions.push(values.retention_hours));
  desk.change({ retention_hours: '48', port: 9_000 });
  expect(retentions).toEqual([24, 48]);
  expect(desk.values().port).toBe(8181);
  expect(one(desk, 'port')).toMatchObject({ value: 9_000, running: 8181, pending: true });
  expect(open().values()).toMatchObject({ retention_hours: 48, port: 9_000 });
  desk.change({ port: null });
  expect(one(desk, 'port')).toMatchObject({ value: 8181, pending: false, origin: 'default' });
});

test('what is saved beneath a variable can be forgotten, and nothing else of it', () => {
  const { desk, table } = deskOver({ processes: 10 }, { processes: 20 });
  expect(one(desk, 'processes')).toMatchObject({ saved: 10, value: 20 });
  desk.change({ processes: null });
  expect(one(desk, 'processes')).toMatchObject({ saved: null, value: 20, origin: 'environment' });
  expect(table.size).toBe(0);
});

describe('is refused with a sentence, and nothing of the change is taken:', () => {
  test.each<[string, SettingChanges, RegExp]>([
    [
      'a name that is nearly right',
      { retention_hour: 5 },
      /no setting "retention_hour". Did you mean "retention_hours"\?/,
    ],
    ['a name of an inherited property', { constructor: 5 }, /no setting "constructor"/],
    ['a value out of range', { retention_hours: 0 }, /enter a whole number from 1 to 720 \(hours\)\./],
    ['what the environment sets', { processes: 5 }, /is set by HOLDFAST_PROCESSES\. Change it there/],
    ['trust, which only the environment gives', { trust_servers: '1' }, /only the environment can say so/],
    ['a token that outlives its session', { retention_hours: 1, token_life_minutes: 61 }, /at least 2 hours/],
  ])('%s', (_what, changes, sentence) => {
    const { desk, table } = deskOver({}, { processes: 20 });
    expect(() => desk.change({ reattach_seconds: 60, ...changes })).toThrow(sentence);
    expect(table.size).toBe(0);
    expect(one(desk, 'reattach_seconds')).toMatchObject({ value: 120, origin: 'default' });
  });

  test('what cannot be saved', () => {
    const { desk } = deskOver();
    const broken = new SettingDesk({
      given: {},
      kept: { get: () => null, set: () => undefined, remove: () => undefined },
      transaction: () => {
        throw new Error('the disk is full');
      },
      machineBytes: 0,
      onProblem: () => undefined,
    });
    expect(() => broken.change({ retention_hours: 5 })).toThrow('the disk is full');
    expect(one(broken, 'retention_hours')).toEqual(one(desk, 'retention_hours'));
  });
});

test('a saved value that cannot be used counts as never set, and is said', () => {
  const { desk, problems } = deskOver({
    retention_hours: 'forever',
    zoom_percent: 9_999,
    trust_servers: '1',
    port: 8_200,
  });
  expect(desk.values()).toMatchObject({ retention_hours: 24, zoom_percent: 100, trust_servers: '0', port: 8_200 });
  expect(problems).toEqual([
    expect.stringMatching(/^A saved setting cannot be used, so its default holds\. Zoom: enter/),
    expect.stringMatching(/its default holds\. Keep a session without a client: enter/),
  ]);
});

test('a session lives as long as its token, whatever the environment and the table say together', () => {
  const { desk, problems } = deskOver({ retention_hours: 1 }, { token_life_minutes: 90 });
  expect(policyOf(desk.values())).toMatchObject({ retention: 1.5 * HOUR, tokenLife: 90 * MINUTE });
  expect(problems).toEqual([expect.stringContaining('must not outlive its session')]);
});
