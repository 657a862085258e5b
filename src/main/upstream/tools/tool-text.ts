import { createHash } from 'node:crypto';
import { isObject } from '../../mcp/json-rpc';
import { canonicalText } from '../../mcp/lists/same-list';

/** Fields of a tool that a model acts on (MCP 2025-11-25, tools), in the order in which they are shown. */
const FIELDS = ['title', 'description', 'inputSchema', 'outputSchema', 'annotations'];
/** Characters that are kept of one field, to be shown. What is behind them counts through the digest. */
const LONGEST = 8_000;

/** What a tool says of itself, for comparing and showing. */
export interface ToolText {
  /** SHA-256 of all fields, uncut. The order of keys does not count. */
  readonly digest: string;
  /** Each field that the tool has, as text: a schema as JSON with its keys in order. Cut off at 8,000 characters. */
  readonly fields: Readonly<Record<string, string>>;
}

/** The text of a tool as its server listed it; null for something without a name. */
export function toolText(item: unknown): (ToolText & { readonly name: string }) | null {
  if (!isObject(item) || typeof item.name !== 'string') return null;
  const has = FIELDS.filter((field) => item[field] !== undefined && item[field] !== null);
  const digest = digestOf(Object.fromEntries(has.map((field) => [field, item[field]])));
  const fields = Object.fromEntries(has.map((field) => [field, textOf(item[field]).slice(0, LONGEST)]));
  return { name: item.name, digest, fields };
}

/** The version that a server says it has, to be kept like the text of a tool. */
export const versionText = (version: string): ToolText => ({
  digest: digestOf({ version }),
  fields: { version: version.slice(0, LONGEST) },
});

const digestOf = (value: object): string => createHash('sha256').update(canonicalText(value)).digest('hex');

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(JSON.parse(canonicalText(value)), null, 2);
