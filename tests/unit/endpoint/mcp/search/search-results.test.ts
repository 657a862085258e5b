import { expect, test } from 'vitest';
import { foundResult, type Searched, type WhyUnlisted } from '#src/main/endpoint/mcp/search/search-results';

const message = (
  unlisted: Searched['unlisted'],
  tools: readonly { name: string; inputSchema?: object }[] = [],
  areListed = true,
): string => {
  const { result } = foundResult(1, tools, { query: 'sum', servers: ['a', 'b', 'c'], unlisted, areListed });
  return (result as { structuredContent: { message: string } }).structuredContent.message;
};
const all = (why: WhyUnlisted, ...servers: string[]) => servers.map((server) => ({ server, why }));

test('a search is worth another one only for servers that are learned now', () => {
  expect(message(all('is learned', 'a', 'b'))).toMatch(
    /Servers here: a, b, c\. Not known yet: the tools of a, b\. Search again in a few seconds\.$/,
  );
  const others = message([
    ...all('cannot be reached', 'a'),
    ...all('waits for login', 'b'),
    ...all('waits to be confirmed', 'c'),
  ]);
  expect(others).toMatch(
    /\. a cannot be reached now\. b waits for a login in Holdfast\. c waits to be confirmed in Holdfast\.$/,
  );
  expect(others).not.toContain('Search again');
  expect(message(all('waits for login', 'a', 'b'))).toMatch(/ a, b wait for a login in Holdfast\.$/);
  expect(message(all('cannot be reached', 'a'), [{ name: 'b__sum' }])).toMatch(/ a cannot be reached now\.$/);
});

test('what is found is said to be listed only if it is', () => {
  const long = { name: 'b__sum', inputSchema: { description: 'x'.repeat(70_000) } };
  expect(message([], [long])).toBe(
    'Call one with call_tool, or directly: they are listed from now on. Input schemas that are too long for here are in tools/list: b__sum.',
  );
  const unlisted = message([], [long], false);
  expect(unlisted).toMatch(/^Call one with call_tool, by its exact name: they could not be listed\. Input schemas/);
  expect(unlisted).not.toMatch(/listed from now on|are in tools\/list/);
});
