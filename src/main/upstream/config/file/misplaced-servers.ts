import type { Node } from 'jsonc-parser';
import { said } from '../../../../shared/messages/said';
import { ownValue } from '../../../../shared/model/own-value';

/** A part of the file, and a sentence that says what to do with it. */
interface Misplaced {
  readonly offset: number;
  readonly sentence: string;
}

/** What other programs call the object of their servers, letters only. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  servers: 'VS Code',
  contextservers: 'Zed',
  mcp: 'opencode',
};
/** Fields that only a server has. */
const OF_A_SERVER = ['command', 'url', 'httpUrl', 'serverUrl'];

/**
 * What is wrong with a file that has no `mcpServers`: people paste another program's format, or misspell the name. Null
 * only for a file that says nothing at all.
 */
export function misplacedServers(root: Node): Misplaced | null {
  const properties = propertiesOf(root).filter(({ name }) => !name.startsWith('$'));
  for (const property of properties) {
    const sentence = sentenceFor(property);
    if (sentence !== null) return { offset: property.offset, sentence };
  }
  const [first] = properties;
  if (!first) return null;
  const sentence = said('said.misplaced.none');
  return { offset: first.offset, sentence };
}

interface Property {
  readonly name: string;
  readonly value: Node | undefined;
  readonly offset: number;
}

function sentenceFor({ name, value }: Property): string | null {
  const letters = lettersOf(name);
  if (letters.endsWith('mcpservers') || letters === 'mcpserver') return said('said.misplaced.not_quite', { name });
  const inside = propertiesOf(value);
  if (letters !== 'servers') {
    const inner = inside.find((it) => ['servers', 'mcpservers'].includes(lettersOf(it.name)) && !isServer(it.value));
    if (inner) {
      return said('said.misplaced.inside', { name: inner.name, outer: name });
    }
  }
  const program = ownValue(OTHER_NAMES, letters);
  if (program !== undefined && value?.type === 'object') return said('said.misplaced.program', { name, program });
  if (isServer(value)) return said('said.misplaced.server', { name });
  if (inside.some((it) => isServer(it.value))) return said('said.misplaced.other_name', { name });
  if (value?.type === 'array' && (value.children ?? []).some(isServer)) {
    return said('said.misplaced.list', { name });
  }
  return null;
}

const lettersOf = (name: string): string => name.toLowerCase().replace(/[^a-z]/g, '');

const propertiesOf = (node: Node | undefined): Property[] =>
  node?.type !== 'object'
    ? []
    : (node.children ?? []).map(({ children, offset }) => ({
        name: String(children?.[0]?.value),
        value: children?.[1],
        offset,
      }));

const isServer = (node: Node | undefined): boolean => propertiesOf(node).some(({ name }) => OF_A_SERVER.includes(name));
