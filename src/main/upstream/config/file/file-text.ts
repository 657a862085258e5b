import { findNodeAtLocation, getNodeValue, type Node, type ParseError, parseTree } from 'jsonc-parser';
import { serverNameSchema } from '../../../../shared/contract/server';
import { said } from '../../../../shared/messages/said';
import { LineTable, syntaxProblem } from '../../../config-text/json-problems';
import { type EntryForm, readEntry } from './entry';
import { misplacedServers } from './misplaced-servers';
import { proposeName } from './names';

/** Entries read. Nobody has as many by hand, and every entry is looked at whenever the file changes. */
const MOST_SERVERS = 1_000;

/** One entry of the file. */
export interface Entry {
  readonly name: string;
  readonly form: EntryForm;
  /** The whole entry, including keys unknown to Holdfast. */
  readonly value: unknown;
  /** The entry's source text, including comments. */
  readonly text: string;
  readonly problems: readonly Problem[];
  /** Line of the part at `path`, or of the nearest part around it that exists, counted from 1. */
  lineAt(path: readonly (string | number)[]): number;
}

/** A problem in an entry, in words for a person: what is wrong and what to do. */
export interface Problem {
  readonly line: number;
  readonly sentence: string;
}

/** A file that could be read as a whole. Individual entries may still be broken. */
export interface ParsedFile {
  readonly text: string;
  readonly entries: readonly Entry[];
}

export type Parsed =
  | { readonly ok: true; readonly file: ParsedFile }
  | { readonly ok: false; readonly problem: string };

/**
 * Reads the text of servers.json: JSON with comments and trailing commas. A broken entry does not affect the others. Text
 * that is not JSON, or has another structure, is rejected as a whole, because nobody can tell what it was meant to say.
 * @param label - file name that starts each problem
 */
export function parseFile(text: string, label: string): Parsed {
  try {
    return parse(text, label);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { ok: false, problem: `${label}:1: ${said('said.file.nested')}` };
  }
}

function parse(text: string, label: string): Parsed {
  const lines = new LineTable(text);
  const refuse = (offset: number, sentence: string): Parsed => ({
    ok: false,
    problem: `${label}:${lines.at(offset)}: ${sentence}`,
  });
  if (text.trim() === '') return refuse(0, said('said.file.empty'));
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error) return { ok: false, problem: `${label}:${syntaxProblem(text, error)}` };
  if (root?.type !== 'object') return refuse(root?.offset ?? 0, said('said.file.not_an_object'));
  const servers = findNodeAtLocation(root, ['mcpServers']);
  if (!servers) {
    const misplaced = misplacedServers(root);
    if (misplaced !== null) return refuse(misplaced.offset, misplaced.sentence);
    return { ok: true, file: { text, entries: [] } };
  }
  if (servers.type !== 'object') {
    return refuse(servers.offset, said('said.file.servers_no_object'));
  }
  const properties = servers.children ?? [];
  if (properties.length > MOST_SERVERS) {
    return refuse(servers.offset, said('said.file.too_many', { count: properties.length, most: MOST_SERVERS }));
  }
  const found = new Map<string, Node[]>();
  for (const property of properties) {
    const name = property.children?.[0]?.value as string;
    const same = found.get(name);
    if (same) same.push(property);
    else found.set(name, [property]);
  }
  const surroundings = { text, lines, taken: new Set(found.keys()) };
  const entries = [...found].map(([name, same]) => entryOf(name, same, surroundings));
  return { ok: true, file: { text, entries } };
}

interface Surroundings {
  readonly text: string;
  readonly lines: LineTable;
  readonly taken: ReadonlySet<string>;
}

function entryOf(name: string, properties: readonly Node[], { text, lines, taken }: Surroundings): Entry {
  const [property, second] = properties as [Node, ...Node[]];
  const node = property.children?.[1] as Node;
  const lineAt = (path: readonly (string | number)[]) => lines.at(offsetAt(node, path) ?? property.offset);
  const value: unknown = getNodeValue(node);
  const { form, problems } = readEntry(value);
  const located = problems.map(({ path, sentence }) => ({ line: lineAt(path), sentence }));
  const badName = serverNameSchema.safeParse(name).error?.issues[0]?.message;
  if (badName) {
    const sentence = said('said.file.bad_name', { what: badName, name: proposeName(name, taken) });
    located.unshift({ line: lineAt([]), sentence });
  }
  if (second) {
    const sentence = said('said.file.twice');
    located.unshift({ line: lines.at(second.offset), sentence });
  }
  return { name, form, value, text: text.slice(node.offset, node.offset + node.length), problems: located, lineAt };
}

/** Offset of the field's name, or of the nearest part around it that exists; null for the entry itself. */
function offsetAt(node: Node, path: readonly (string | number)[]): number | null {
  for (let length = path.length; length > 0; length -= 1) {
    const found = findNodeAtLocation(node, path.slice(0, length));
    if (found) return found.parent?.type === 'property' ? found.parent.offset : found.offset;
  }
  return null;
}
