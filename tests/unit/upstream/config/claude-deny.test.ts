import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deniedOf, leftOutRemark, unsureRemark } from '#src/main/upstream/config/import/claude-deny';

const ALL = { only: [], except: [] };
const NONE = { limits: null, leftOut: [] };
const tools = (...except: string[]) => ({ limits: { only: null, except }, leftOut: [] });

describe("Claude Code's deny rules for the server git", () => {
  test.each([
    [['mcp__git'], { limits: ALL, leftOut: [] }],
    [['mcp__git__*'], { limits: ALL, leftOut: [] }],
    [['mcp__git__push', 'mcp__git__push', 'mcp__git__pull'], tools('push', 'pull')],
    [['mcp__git__*', 'mcp__git__push'], { limits: ALL, leftOut: [] }],
    [['mcp__github', 'mcp__github__push', 'mcp__gi', 'mcp__', 'mcp__git__'], NONE],
    [['mcp__git__get_*', 'mcp__git__push'], { limits: { only: null, except: ['push'] }, leftOut: ['mcp__git__get_*'] }],
    [['mcp__*', 'mcp__g*__push', 'mcp__hub*'], { limits: null, leftOut: ['mcp__*', 'mcp__g*__push'] }],
    [['mcp__git__a__b'], tools('a__b')],
  ])('%j', (rules, denied) => expect(deniedOf('git', rules)).toEqual(denied));

  test('say of a server with two underscores in its name what they say of the whole name', () => {
    expect(deniedOf('a__b', ['mcp__a__b__c'])).toEqual(tools('c'));
    expect(deniedOf('a', ['mcp__a__b__c'])).toEqual(tools('b__c'));
    expect(deniedOf('a__b', ['mcp__a__b']).limits).toEqual(ALL);
  });

  test.each(['my server', 'my.server', 'my/server', 'my_server'])('hold for %s, which they write with _', (server) => {
    expect(deniedOf(server, ['mcp__my_server']).limits).toEqual(ALL);
    expect(deniedOf(server, ['mcp__my_server__*']).limits).toEqual(ALL);
    expect(deniedOf(server, ['mcp__my_server__push', 'mcp__my_servers__pull'])).toEqual(tools('push'));
    expect(deniedOf(server, ['mcp__my_server__get*']).leftOut).toEqual(['mcp__my_server__get*']);
  });

  test('leave open what a tool with _ is really called, which is said', () => {
    const { limits } = deniedOf('git', ['mcp__git__push', 'mcp__git__repo_drop', 'mcp__git__a_b']);
    expect(unsureRemark(limits)).toBe(
      'Claude Code writes _ for a dot or a slash in a name: see whether the tools are really called repo_drop, … (2).',
    );
    expect([unsureRemark({ only: null, except: ['push'] }), unsureRemark(null)]).toEqual(['', '']);
  });

  test('name each tool that is denied, whatever it is called, and no other', () => {
    const name = fc.stringMatching(/^[\w.-]{1,20}$/);
    fc.assert(
      fc.property(name, fc.uniqueArray(name, { minLength: 1, maxLength: 8 }), (server, denied) => {
        const rules = denied.map((tool) => `mcp__${server}__${tool}`);
        expect(deniedOf(server, rules)).toEqual(tools(...denied));
        expect(deniedOf(`${server}x`, rules)).toEqual(NONE);
      }),
    );
  });

  test('are taken for 500 tools at most, and what is left out is said', () => {
    const rules = Array.from({ length: 502 }, (_, n) => `mcp__git__t${n}`);
    const { limits, leftOut } = deniedOf('git', rules);
    expect([limits?.except.length, leftOut]).toEqual([500, ['mcp__git__t500', 'mcp__git__t501']]);
    expect(leftOutRemark(leftOut)).toBe('Not taken: the deny rule mcp__git__t500 and 1 more. Hide those tools here.');
    expect(leftOutRemark([])).toBe('');
  });
});
