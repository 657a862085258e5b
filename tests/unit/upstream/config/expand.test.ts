import { homedir } from 'node:os';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeReferences, expand, isReference } from '#src/main/upstream/config/file/expand';

const ENVIRONMENT = { TOKEN: 't1', EMPTY: '', 'ProgramFiles(x86)': 'C:\\P' };

/*
 * References are written as joined text here, so that nobody takes them for template strings.
 */
const ref = (inner: string) => `$\{${inner}}`;

describe('references in an entry', () => {
  test.each([
    [ref('TOKEN'), 't1'],
    [ref('env:TOKEN'), 't1'],
    [`a ${ref('TOKEN')} b ${ref('env:TOKEN')}`, 'a t1 b t1'],
    [ref('NONE:-fallback'), 'fallback'],
    [ref('NONE:-'), ''],
    [ref('EMPTY:-fallback'), ''],
    [ref('EMPTY'), ''],
    [ref('env:ProgramFiles(x86)'), 'C:\\P'],
    [`${ref('userHome')}/x`, `${homedir()}/x`],
    [`$${ref('TOKEN')}`, ref('TOKEN')],
    ['$TOKEN', '$TOKEN'],
    [ref('not a name'), ref('not a name')],
    ['${TOKEN', '${TOKEN'],
    ['no reference', 'no reference'],
  ])('%j becomes %j', (text, expanded) => {
    expect(expand(text, ENVIRONMENT)).toEqual({ text: expanded, problem: null });
  });

  test.each([
    [ref('constructor'), /variable constructor is not set/],
    [ref('NONE'), /variable NONE is not set\. Set it where Holdfast is started/],
    [ref('env:NONE'), /variable NONE is not set/],
    [ref('input:key'), /asked for by VS Code.*enter the value/],
    [ref('command:x.y'), /asked for by VS Code/],
    [ref('workspaceFolder'), /needs an open project.*Write the folder out/],
    [ref('workspaceFolder:one'), /needs an open project/],
  ])('%j is a problem with a remedy', (text, problem) => {
    expect(expand(text, ENVIRONMENT).problem).toMatch(problem);
  });

  test('an escaped text comes back as it was', () => {
    const parts = fc.constantFrom('$', '{', '}', ref('TOKEN'), ref('input:x'), 'a', ' ');
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 8 }), (list) => {
        const text = list.join('');
        expect(expand(escapeReferences(text), ENVIRONMENT)).toEqual({ text, problem: null });
      }),
    );
  });

  test.each([
    [ref('TOKEN'), true],
    [`Bearer ${ref('env:TOKEN')}`, true],
    [ref('input:key'), true],
    [ref('TOKEN:-secret'), false],
    [`postgres://me:secret@${ref('HOST')}`, false],
    ['secret', false],
    [`secret ${ref('TOKEN')}`, false],
    ['', false],
  ])('%j is a reference and nothing else: %s', (text, is) => {
    expect(isReference(text)).toBe(is);
  });
});
