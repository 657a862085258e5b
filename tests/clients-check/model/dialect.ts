/** What a client tells its model: the tools that there are, and what its calls so far gave. */
export interface Turn {
  /** In the client's own notation. */
  readonly tools: readonly string[];
  /** The text of each result, the oldest first. */
  readonly results: readonly string[];
}

/** What the model answers: one call of a tool, or a text that ends its work. */
export type Step = { readonly call: string; readonly args: object } | { readonly say: string };

/** How a client speaks to its model. */
export interface Dialect {
  /** Whether a request to this path is for the model in this dialect. */
  speaks(path: string): boolean;
  turn(body: Record<string, unknown>): Turn;
  /** The events of the answer's stream. */
  events(step: Step, body: Record<string, unknown>): readonly Event[];
}

/** One event of a stream; without a name where the dialect has none. */
export interface Event {
  readonly name?: string;
  readonly data: object;
}

/** The records in what may be a list. */
export const recordsIn = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'object' && one !== null) : [];

/** The text in a result, which is a string or a list of parts. */
export const textIn = (content: unknown): string =>
  typeof content === 'string'
    ? content
    : recordsIn(content)
        .map(({ text }) => (typeof text === 'string' ? text : ''))
        .join('\n');
