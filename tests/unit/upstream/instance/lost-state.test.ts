import { expect, test } from 'vitest';
import { LostState } from '#src/main/upstream/instance/lost-state';

const response = (result: object) => ({ jsonrpc: '2.0' as const, id: 1, result });

test('the note comes last, and everything else in the result stays as it is', () => {
  const lost = new LostState();
  lost.told('s', response({ content: [] }));
  lost.replaced('gone');
  const failed = {
    content: [{ type: 'text', text: 'no' }],
    isError: true,
    structuredContent: { n: 1 },
    _meta: { a: 1 },
  };
  expect(lost.told('s', response(failed)).result).toEqual({
    ...failed,
    content: [...failed.content, { type: 'text', text: 'gone' }],
  });
  expect(lost.told('s', response(failed)).result).toEqual(failed);
});

test('a result without content keeps the note for the next one', () => {
  const lost = new LostState();
  lost.told('s', response({}));
  lost.replaced('gone');
  expect(lost.told('s', response({ toolResult: 1 })).result).toEqual({ toolResult: 1 });
  expect(JSON.stringify(lost.told('s', response({ content: [] })))).toContain('gone');
});

test('sessions that are over, and the oldest of very many, are forgotten', () => {
  const lost = new LostState();
  for (let n = 0; n <= 1_000; n += 1) lost.told(`s${n}`, response({}));
  lost.forget('s7');
  lost.replaced('gone');
  const isTold = (session: string) => JSON.stringify(lost.told(session, response({ content: [] }))).includes('gone');
  expect(['s0', 's7', 's8', 's1000'].map(isTold)).toEqual([false, false, true, true]);
});
