import { describe, expect, test } from 'vitest';
import {
  type AllClientSettings,
  levelOf,
  urisOf,
  wantsLog,
  wantsUpdate,
  withLevel,
  withoutSession,
  withSubscription,
} from '#src/main/upstream/instance/client-settings';

const subscribed = (...pairs: [session: string, uri: string][]): AllClientSettings =>
  pairs.reduce<AllClientSettings>((all, [session, uri]) => withSubscription(all, session, uri, true), {});
const levels = (...pairs: [session: string, level: string][]): AllClientSettings =>
  pairs.reduce<AllClientSettings>((all, [session, level]) => withLevel(all, session, level), {});

describe('the level for all', () => {
  test.each<[string, AllClientSettings, string | null]>([
    ['nobody set one', {}, null],
    ['one did', levels(['a', 'error']), 'error'],
    ['the most talkative counts', levels(['a', 'error'], ['b', 'debug'], ['c', 'info']), 'debug'],
    ['the newest of one session counts', levels(['a', 'debug'], ['a', 'warning']), 'warning'],
    ['one who only subscribed has none', subscribed(['a', 'x:1']), null],
    ['one that MCP does not know is kept', levels(['a', 'verbose']), 'verbose'],
  ])('%s', (_, all, level) => {
    expect(levelOf(all)).toBe(level);
  });

  test.each([
    ['error', true],
    ['warning', true],
    ['info', false],
    ['verbose', true],
    [undefined, true],
  ])('a client that asked for warnings gets %s: %s', (level, isWanted) => {
    expect(wantsLog(levels(['a', 'warning']), 'a', level)).toBe(isWanted);
    expect(wantsLog(levels(['a', 'warning']), 'b', level)).toBe(true);
  });
});

describe('subscriptions', () => {
  test('count until the last session gives them up', () => {
    const both = subscribed(['a', 'x:1'], ['b', 'x:1'], ['a', 'x:1']);
    expect([...urisOf(both)]).toEqual(['x:1']);
    const one = withSubscription(both, 'a', 'x:1', false);
    expect([...urisOf(one)]).toEqual(['x:1']);
    expect([...urisOf(withSubscription(one, 'b', 'x:1', false))]).toEqual([]);
    expect([...urisOf(withoutSession(one, 'b'))]).toEqual([]);
  });

  test.each([
    ['a', 'x:folder', true],
    ['a', 'x:folder/file', true],
    ['a', 'x:other', false],
    ['b', 'x:folder', false],
    ['a', undefined, false],
  ])('an update is for %s when it is of %s: %s', (session, uri, isWanted) => {
    expect(wantsUpdate(subscribed(['a', 'x:folder']), session, uri)).toBe(isWanted);
  });
});
