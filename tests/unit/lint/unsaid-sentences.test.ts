import { expect, test } from 'vitest';
import { unsaidSentences } from '../../../scripts/lint/unsaid-sentences.mjs';

const found = (code: string, file = 'src/main/upstream/x.ts') =>
  unsaidSentences(file, code).map((line) => /“(.*)”/.exec(line)?.[1]);

test.for([
  ['in an error', "throw new HoldfastError('invalid_input', 'Write it down.');", ['Write it down.']],
  ['in one of two cases', 'throw new RequestFailed(a ? `is not there` : said("x"), {});', ['is not there']],
  ['in parts', "throw new HoldfastError('x', file + 'cannot be read');", ['cannot be read']],
  ['in an answer', "const a = () => ({ ok: false, problem: 'It is too large.' });", ['It is too large.']],
  ['as a reason', `const a = () => ({ reason: \`It \${error}.\` });`, ['It ….']],
] as const)('a sentence is found %s', ([_, code, texts]) => {
  expect(found(code)).toEqual(texts);
});

test.for([
  ['a text of the catalogue', "throw new HoldfastError('invalid_input', said('said.save.sse'));"],
  ['a code', "throw new HoldfastError('invalid_input'); x({ note: 'none' });"],
  ['what developers read', "throw new TypeError('a plan needs a file');"],
] as const)('%s is none', ([_, code]) => {
  expect(found(code)).toEqual([]);
});

test('the command line and REST speak English', () => {
  const code = "throw new HoldfastError('invalid_input', 'Name the server.');";
  expect(found(code, 'src/main/cli/x.ts')).toEqual([]);
  expect(found(code, 'src/main/endpoint/rest/x.ts')).toEqual([]);
  expect(found('const = ;')).toEqual([undefined]);
});
