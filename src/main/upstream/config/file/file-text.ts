import { findNodeAtLocation, getNodeValue, type Node, type ParseError, parseTree } from 'jsonc-parser';
import { serverNameSchema } from '../../../../shared/contract/server';
import { type EntryForm, readEntry } from './entry';
import { lineOf, syntaxProblem } from './json-problems';
import { proposeName } from './names';

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
    return { ok: false, problem: `${label}:1: the file is nested too deeply. Correct it.` };
  }
}

function parse(text: string, label: string): Parsed {
  const line = (offset: number) => lineOf(text, offset);
  const refuse = (offset: number, sentence: string): Parsed => ({
    ok: false,
    problem: `${label}:${line(offset)}: ${sentence}`,
  });
  if (text.trim() === '') return refuse(0, 'the file is empty. Write {"mcpServers": {}} or put it back.');
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error) return { ok: false, problem: `${label}:${syntaxProblem(text, error)}` };
  if (root?.type !== 'object')
    return refuse(root?.offset ?? 0, 'the file must hold an object like {"mcpServers": {}}.');
  const servers = findNodeAtLocation(root, ['mcpServers']);
  if (!servers) return withoutServers(root, text, refuse);
  if (servers.type !== 'object') {
    return refuse(servers.offset, '"mcpServers" must be an object like {"name": {"command": "npx"}}.');
  }
  const found = new Map<string, Node[]>();
  for (const property of servers.children ?? []) {
    const name = property.children?.[0]?.value as string;
    found.set(name, [...(found.get(name) ?? []), property]);
  }
  const taken = new Set(found.keys());
  const entries = [...found].map(([name, properties]) => entryOf(name, properties, { text, taken }));
  return { ok: true, file: { text, entries } };
}

/** People often paste another program's format: report it rather than take it for a file without servers. */
function withoutServers(root: Node, text: string, refuse: (offset: number, sentence: string) => Parsed): Parsed {
  for (const property of root.children ?? []) {
    const [key, value] = property.children ?? [];
    if (value?.type !== 'object') continue;
    if (key?.value === 'servers')
      return refuse(property.offset, '"servers" is what VS Code calls it. Rename it to "mcpServers".');
    if (['command', 'url'].some((field) => findNodeAtLocation(value, [field]))) {
      return refuse(
        property.offset,
        `"${key?.value}" is a server outside of "mcpServers". Move it into "mcpServers": {…}.`,
      );
    }
  }
  return { ok: true, file: { text, entries: [] } };
}

interface Surroundings {
  readonly text: string;
  readonly taken: ReadonlySet<string>;
}

function entryOf(name: string, properties: readonly Node[], { text, taken }: Surroundings): Entry {
  const [property, second] = properties as [Node, ...Node[]];
  const node = property.children?.[1] as Node;
  const lineAt = (path: readonly (string | number)[]) => lineOf(text, offsetAt(node, path) ?? property.offset);
  const value: unknown = getNodeValue(node);
  const { form, problems } = readEntry(value);
  const located = problems.map(({ path, sentence }) => ({ line: lineAt(path), sentence }));
  const badName = serverNameSchema.safeParse(name).error?.issues[0]?.message;
  if (badName) {
    const sentence = `${badName}. Rename it, to "${proposeName(name, taken)}" for example.`;
    located.unshift({ line: lineAt([]), sentence });
  }
  if (second) {
    const sentence = 'this name is there twice. Rename or remove one of them.';
    located.unshift({ line: lineOf(text, second.offset), sentence });
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
