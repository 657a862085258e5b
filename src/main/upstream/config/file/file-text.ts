import { findNodeAtLocation, getNodeValue, type Node, type ParseError, parseTree } from 'jsonc-parser';
import { serverNameSchema } from '../../../../shared/contract/server';
import { type EntryForm, readEntry } from './entry';
import { lineOf, syntaxProblem } from './json-problems';
import { proposeName } from './names';

/** One entry as it stands in the file. */
export interface Entry {
  readonly name: string;
  readonly form: EntryForm;
  /** The whole entry, keys that Holdfast does not know included. */
  readonly value: unknown;
  /** Its own text, comments included. */
  readonly text: string;
  readonly problems: readonly Problem[];
  /** Line of a part of it, counted from 1. */
  lineAt(path: readonly (string | number)[]): number;
}

/** Something wrong with an entry, in words for a person: what it is and what to do. */
export interface Problem {
  readonly line: number;
  readonly sentence: string;
}

/** A file that could be read as a whole. Single entries may be broken. */
export interface ParsedFile {
  readonly text: string;
  readonly entries: readonly Entry[];
}

export type Parsed =
  | { readonly ok: true; readonly file: ParsedFile }
  | { readonly ok: false; readonly problem: string };

/**
 * Reads the text of servers.json: JSON with comments and trailing commas. A broken entry does not stop the others; a text that
 * is no JSON, or has another form, is refused as a whole, because nobody can tell what it was meant to say.
 * @param label - the file's name in front of each problem
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

/** Many people paste the form of another program: it is told, and not taken for a file without servers. */
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
  const told = problems.map(({ path, sentence }) => ({ line: lineAt(path), sentence }));
  const badName = serverNameSchema.safeParse(name).error?.issues[0]?.message;
  if (badName) {
    const sentence = `${badName}. Rename it, to "${proposeName(name, taken)}" for example.`;
    told.unshift({ line: lineAt([]), sentence });
  }
  if (second) {
    const sentence = 'this name is there twice. Rename or remove one of them.';
    told.unshift({ line: lineOf(text, second.offset), sentence });
  }
  return { name, form, value, text: text.slice(node.offset, node.offset + node.length), problems: told, lineAt };
}

/** Where the name of the field is, or of the nearest thing around it; null for the entry itself. */
function offsetAt(node: Node, path: readonly (string | number)[]): number | null {
  for (let length = path.length; length > 0; length -= 1) {
    const found = findNodeAtLocation(node, path.slice(0, length));
    if (found) return found.parent?.type === 'property' ? found.parent.offset : found.offset;
  }
  return null;
}
