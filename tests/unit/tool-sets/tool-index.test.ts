import fc from 'fast-check';
import { estimateTokenCount } from 'tokenx';
import { describe, expect, test } from 'vitest';
import { SEARCH_DEFINITIONS, SEARCH_TOKENS } from '#src/main/tool-sets/search/search-tools';
import { type SearchableTool, ToolIndex } from '#src/main/tool-sets/search/tool-index';
import { wordsOf } from '#src/main/tool-sets/search/words';
import { QUERIES } from '#tests/support/tools/queries';
import { REALISTIC_TOOLS } from '#tests/support/tools/realistic-tools';

const REALISTIC: readonly SearchableTool[] = Object.entries(REALISTIC_TOOLS).flatMap(([server, tools]) =>
  tools.map(({ name, description, inputSchema }) => ({
    name: `${server}__${name}`,
    server,
    own: name,
    title: '',
    description,
    parameters: Object.keys(inputSchema.properties),
  })),
);
const realistic = await ToolIndex.of(REALISTIC);
const tool = (name: string, description = '', server = 's'): SearchableTool => ({
  name: `${server}__${name}`,
  server,
  own: name,
  title: '',
  description,
  parameters: [],
});

describe('a search among 120 realistic tools', () => {
  test('has the tool that is meant among the first five for nine questions of ten', () => {
    expect(REALISTIC).toHaveLength(120);
    expect(QUERIES).toHaveLength(30);
    const missed = QUERIES.filter(([query, name]) => !realistic.find(query, 5).includes(name));
    expect(missed.length, `missed: ${missed.map(([query]) => query).join(', ')}`).toBeLessThanOrEqual(3);
  });

  test.each([
    ['the spelling of names', 'createPullRequest', 'github__create_pull_request'],
    ['dots and slashes', 'github.create/issue', 'github__create_issue'],
    ['beginnings of words', 'screensh', 'browser__browser_take_screenshot'],
    ['slips of the pen', 'elevaton of a montain', 'maps__maps_elevation'],
    ['two letters turned around', 'list cotnainers', 'docker__list_containers'],
    ['another word for it', 'erase calendar appointment', 'calendar__delete_event'],
    ['plural and other endings', 'creating branches', 'git__git_create_branch'],
    ['upper case', 'WEATHER ALERTS', 'maps__get_alerts'],
    ['the name of a server', 'docker', 'docker__list_containers'],
    ['an argument', 'thread_ts reply', 'slack__slack_reply_to_thread'],
  ])('takes %s', (_, query, name) => {
    expect(realistic.find(query, 10)).toContain(name);
  });

  test('puts the server that was named before others with such a tool', () => {
    expect(realistic.find('jira search', 1)).toEqual(['jira__jira_search']);
    expect(realistic.find('github search', 2).every((name) => name.startsWith('github__'))).toBe(true);
  });

  test('puts the tool first whose very name was given', () => {
    for (const { name, own, server } of REALISTIC) {
      expect(realistic.find(name, 1)).toEqual([name]);
      if (REALISTIC.filter((other) => other.own === own).length === 1) {
        expect(realistic.find(own, 1)).toEqual([`${server}__${own}`]);
      }
    }
  });

  test('finds nothing for what no tool has to do with', () => {
    expect(realistic.find('xylophone', 5)).toEqual([]);
    expect(realistic.find('!?', 5)).toEqual([]);
    expect(realistic.find('', 5)).toEqual([]);
  });
});

test('words are those of any language', async () => {
  const index = await ToolIndex.of([
    tool('a', 'ファイルを読み取る'),
    tool('b', 'Créer un dépôt'),
    tool('c', 'फ़ाइल पढ़ें'),
  ]);
  expect(index.find('ファイル', 1)).toEqual(['s__a']);
  expect(index.find('depot', 1)).toEqual(['s__b']);
  expect(index.find('फ़ाइल', 1)).toEqual(['s__c']);
  expect(wordsOf('HTTPServer readURL v2Beta')).toEqual(
    expect.arrayContaining(['http', 'server', 'read', 'url', 'beta', 'httpserver']),
  );
});

test('whatever tools and questions there are, tools are found once, and no more than asked for', async () => {
  const anyText = fc.oneof(
    fc.string(),
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('constructor', '__proto__', 'a_b'),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.tuple(anyText, anyText), { selector: ([name]) => name, maxLength: 8 }),
      anyText,
      fc.integer({ min: 1, max: 20 }),
      async (tools, query, limit) => {
        const all = tools.map(([name, description]) => tool(name, description));
        const found = (await ToolIndex.of(all)).find(query, limit);
        expect(found.length).toBeLessThanOrEqual(limit);
        expect(new Set(found).size).toBe(found.length);
        expect(all.map(({ name }) => name)).toEqual(expect.arrayContaining(found));
      },
    ),
  );
});

test('the two tools of a search take as many tokens as is said', () => {
  const sizes = SEARCH_DEFINITIONS.map(({ name, description, inputSchema }) =>
    estimateTokenCount(JSON.stringify({ name, description, input_schema: inputSchema })),
  );
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(SEARCH_TOKENS);
});
