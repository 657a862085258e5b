import { type Dialect, recordsIn, textIn } from './dialect';

/** The Chat Completions API of OpenAI, as Cline and many others speak it. */
export const COMPLETIONS: Dialect = {
  speaks: (path) => path.endsWith('/chat/completions'),
  turn: ({ tools, messages }) => ({
    tools: recordsIn(tools)
      .flatMap((tool) => recordsIn([tool.function]))
      .map(({ name }) => String(name)),
    results: recordsIn(messages)
      .filter(({ role }) => role === 'tool')
      .map(({ content }) => textIn(content)),
  }),
  events: (step, { model }) => {
    const id = `chatcmpl-${Date.now()}`;
    const chunk = { id, object: 'chat.completion.chunk', created: Math.floor(Date.now() / 1_000), model };
    const call = 'call' in step && {
      ...{ index: 0, id: `call_${id}`, type: 'function' },
      function: { name: step.call, arguments: JSON.stringify(step.args) },
    };
    const delta = call
      ? { role: 'assistant', tool_calls: [call] }
      : { role: 'assistant', content: 'say' in step && step.say };
    const usage = { prompt_tokens: 9, completion_tokens: 9, total_tokens: 18 };
    return [
      { data: { ...chunk, choices: [{ index: 0, delta, finish_reason: null }] } },
      { data: { ...chunk, choices: [{ index: 0, delta: {}, finish_reason: call ? 'tool_calls' : 'stop' }], usage } },
    ];
  },
};
