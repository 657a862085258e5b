import { expect, test } from 'vitest';
import { newsOf } from '#src/main/cli/tail/follow-alerts';
import { alertLine } from '#src/main/cli/tail/words';
import type { Alert } from '#src/shared/contract/alert';

const alert = (id: string, more: Partial<Alert> = {}): Alert => ({
  id,
  kind: 'server_down',
  about: { server: 'files' },
  values: { name: 'files', reason: 'failed' },
  sentence: 'The server files is down.',
  since: 0,
  told_at: 1,
  ended_at: null,
  ...more,
});

test('each alert and its end are news once, also if Holdfast was away in between', () => {
  const news = newsOf();
  const old = alert('old', { ended_at: 5 });
  const [a, over] = [alert('a'), alert('a', { ended_at: 9 })];
  expect(news([old, a])).toEqual([a]);
  expect(news([])).toEqual([]);
  expect(news([a])).toEqual([]);
  expect(news([over])).toEqual([over]);
  expect(news([over])).toEqual([]);
});

test('one that came and went between two lists is both, and one that was not told is none', () => {
  const news = newsOf();
  news([]);
  const over = alert('b', { ended_at: 9 });
  expect(news([over, alert('silent', { told_at: null })])).toEqual([{ ...over, ended_at: null }, over]);
});

test('a line says of what and whether it is over', () => {
  expect(alertLine(alert('a'))).toMatch(/^\d\d:\d\d:\d\d {2}files +The server files is down\.$/);
  expect(alertLine(alert('a', { ended_at: 9, about: null }))).toMatch(
    / {2}Holdfast +Over: The server files is down\.$/,
  );
});
