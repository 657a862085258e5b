import { type Dialect, recordsIn, textIn } from './dialect';

/** The Responses API of OpenAI, as Codex speaks it. */
export const RESPONSES: Dialect = {
  speaks: (path) => path.endsWith('/responses'),
  turn: ({ tools, input }) => ({
    // Tools of MCP servers stand in a namespace of their own.
    tools: recordsIn(tools).flatMap(({ type, name, tools: inner }) =>
      type === 'namespace' ? recordsIn(inner).map((one) => `${name}|${one.name}`) : [String(name)],
    ),
    results: recordsIn(input)
      .filter(({ type }) => type === 'function_call_output')
      .map(({ output }) => textIn(output)),
  }),
  events: (step) => {
    const id = `resp_${Date.now()}`;
    const [namespace, name] = 'call' in step && step.call.includes('|') ? step.call.split('|') : [];
    const item =
      'call' in step
        ? {
            ...{ type: 'function_call', id: `fc_${id}`, call_id: `call_${id}`, status: 'completed' },
            ...{ name: name ?? step.call, arguments: JSON.stringify(step.args) },
            ...(namespace === undefined ? {} : { namespace }),
          }
        : {
            ...{ type: 'message', id: `m_${id}`, role: 'assistant', status: 'completed' },
            content: [{ type: 'output_text', text: step.say, annotations: [] }],
          };
    const usage = {
      ...{ input_tokens: 9, output_tokens: 9, total_tokens: 18 },
      ...{ input_tokens_details: { cached_tokens: 0 }, output_tokens_details: { reasoning_tokens: 0 } },
    };
    return [
      { name: 'response.created', data: { type: 'response.created', response: { id } } },
      { name: 'response.output_item.done', data: { type: 'response.output_item.done', output_index: 0, item } },
      { name: 'response.completed', data: { type: 'response.completed', response: { id, output: [item], usage } } },
    ];
  },
};
