import { type Dialect, recordsIn } from './dialect';

/** The Gemini API, as Gemini CLI speaks it. */
export const GEMINI: Dialect = {
  speaks: (path) => path.endsWith(':streamGenerateContent'),
  turn: ({ tools, contents }) => ({
    tools: recordsIn(tools).flatMap(({ functionDeclarations }) =>
      recordsIn(functionDeclarations).map(({ name }) => String(name)),
    ),
    results: recordsIn(contents)
      .flatMap(({ parts }) => recordsIn(parts))
      .flatMap(({ functionResponse }) => recordsIn([functionResponse]))
      .map(({ response }) => textOfResponse(response)),
  }),
  events: (step) => {
    const part = 'call' in step ? { functionCall: { name: step.call, args: step.args } } : { text: step.say };
    const usageMetadata = { promptTokenCount: 9, candidatesTokenCount: 9, totalTokenCount: 18 };
    const candidate = { index: 0, content: { role: 'model', parts: [part] }, finishReason: 'STOP' };
    return [{ data: { candidates: [candidate], usageMetadata } }];
  },
};

function textOfResponse(response: unknown): string {
  const [{ output, error } = { output: undefined, error: undefined }] = recordsIn([response]);
  return typeof output === 'string' ? output : JSON.stringify(error ?? response);
}
