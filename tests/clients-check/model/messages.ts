import { type Dialect, type Event, recordsIn, type Step, textIn } from './dialect';

/** The Messages API of Anthropic, as Claude Code and others speak it. */
export const MESSAGES: Dialect = {
  speaks: (path) => path.endsWith('/messages'),
  turn: ({ tools, messages }) => ({
    tools: recordsIn(tools).map(({ name }) => String(name)),
    results: recordsIn(messages)
      .flatMap(({ content }) => recordsIn(content))
      .filter(({ type }) => type === 'tool_result')
      .map(({ content }) => textIn(content)),
  }),
  events: (step, { model }) => [
    {
      name: 'message_start',
      data: {
        type: 'message_start',
        message: {
          ...{ id: `msg_${Date.now()}`, type: 'message', role: 'assistant', model, content: [] },
          ...{ stop_reason: null, stop_sequence: null, usage: { input_tokens: 9, output_tokens: 1 } },
        },
      },
    },
    ...blockOf(step),
    {
      name: 'message_delta',
      data: {
        type: 'message_delta',
        delta: { stop_reason: 'call' in step ? 'tool_use' : 'end_turn', stop_sequence: null },
        usage: { output_tokens: 9 },
      },
    },
    { name: 'message_stop', data: { type: 'message_stop' } },
  ],
};

function blockOf(step: Step): Event[] {
  const [content_block, delta] =
    'call' in step
      ? [
          { type: 'tool_use', id: `toolu_${Date.now()}`, name: step.call, input: {} },
          { type: 'input_json_delta', partial_json: JSON.stringify(step.args) },
        ]
      : [
          { type: 'text', text: '' },
          { type: 'text_delta', text: step.say },
        ];
  return [
    { name: 'content_block_start', data: { type: 'content_block_start', index: 0, content_block } },
    { name: 'content_block_delta', data: { type: 'content_block_delta', index: 0, delta } },
    { name: 'content_block_stop', data: { type: 'content_block_stop', index: 0 } },
  ];
}
