import { SEARCH_TOOLS } from '../../mcp/own-tools';

/** How many tools a search returns unless it is told otherwise, and at most. */
export const FOUND = { usual: 5, most: 20 } as const;
/** Characters of a question that are looked at. */
export const LONGEST_QUERY = 500;

/**
 * The tools that a client is listed in place of all others. They say the same always, so that what clients have cached stays
 * good; which servers there are is said when nothing is found, and in the instructions.
 */
export const SEARCH_DEFINITIONS = [
  {
    name: SEARCH_TOOLS.search,
    title: 'Search tools',
    description:
      'Finds tools of all servers by what they should do, as not all are listed here. Say it in a few English words, or give ' +
      `a server's name. Returns names, descriptions and input schemas, best first; call one with ${SEARCH_TOOLS.call}.`,
    inputSchema: {
      type: 'object',
      properties: {
        query: {
          type: 'string',
          minLength: 1,
          maxLength: LONGEST_QUERY,
          description: 'What the tool should do, such as "create an issue".',
        },
        limit: { type: 'integer', minimum: 1, maximum: FOUND.most, default: FOUND.usual },
      },
      required: ['query'],
    },
    outputSchema: {
      type: 'object',
      properties: {
        tools: {
          type: 'array',
          items: {
            type: 'object',
            properties: {
              name: { type: 'string' },
              description: { type: 'string' },
              inputSchema: { type: 'object' },
            },
            required: ['name'],
          },
        },
        message: { type: 'string' },
      },
      required: ['tools', 'message'],
    },
    annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
  },
  {
    name: SEARCH_TOOLS.call,
    title: 'Call tool',
    description: `Calls a tool that ${SEARCH_TOOLS.search} found. Its answer is that of the tool itself.`,
    inputSchema: {
      type: 'object',
      properties: {
        name: { type: 'string', description: 'Exact name of the tool, as it was found.' },
        arguments: { type: 'object', description: "Arguments that fit the tool's input schema." },
      },
      required: ['name'],
    },
  },
] as const;

/** What the two take in a chat, as `TokenSizes` counts; a test keeps it right. */
export const SEARCH_TOKENS = 210;
