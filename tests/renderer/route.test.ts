import { describe, expect, test } from 'vitest';
import { parseRoute, type Route, routeHash } from '#src/renderer/store/route';
import { LINK_VIEWS } from '#src/shared/model/app-link';
import { VIEWS } from '#src/shared/model/views';

describe('routes', () => {
  test.each([
    ['', { view: 'overview', id: null, params: {} }],
    ['#', { view: 'overview', id: null, params: {} }],
    ['#/nowhere/x', { view: 'overview', id: null, params: {} }],
    ['#ticket=abc', { view: 'overview', id: null, params: {} }],
    ['#/history?range=7d', { view: 'history', id: null, params: { range: '7d' } }],
    ['#/sessions/s_a%2Fb?q=status%3Aidle+x', { view: 'sessions', id: 's_a/b', params: { q: 'status:idle x' } }],
    ['#/sessions/%E0%A4%A', { view: 'sessions', id: '%E0%A4%A', params: {} }],
  ])('reads %j', (hash, route) => {
    expect(parseRoute(hash)).toEqual(route);
  });

  test.each<Route>([
    { view: 'sessions', id: 's_1', params: { q: 'a?b&c=d #1 "x y"', sort: 'client:asc' } },
    { view: 'overview', id: null, params: {} },
  ])('reads back what it wrote: %j', (route) => {
    expect(parseRoute(routeHash(route))).toEqual(route);
  });

  test('leaves empty parameters out', () => {
    expect(routeHash({ view: 'sessions', id: null, params: { q: '', sort: '' } })).toBe('#/sessions');
  });
});

test('a link can open only views that there are', () => {
  expect(VIEWS).toEqual(expect.arrayContaining([...LINK_VIEWS]));
});
