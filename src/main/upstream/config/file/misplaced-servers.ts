import type { Node } from 'jsonc-parser';
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
  const sentence = 'there is no "mcpServers" in the file, so it names no servers. Add "mcpServers": {…}.';
  return { offset: first.offset, sentence };
}

interface Property {
  readonly name: string;
  readonly value: Node | undefined;
  readonly offset: number;
}

function sentenceFor({ name, value }: Property): string | null {
  const letters = lettersOf(name);
  const rename = 'Rename it to "mcpServers".';
  if (letters.endsWith('mcpservers') || letters === 'mcpserver') return `"${name}" is not quite the name. ${rename}`;
  const inside = propertiesOf(value);
  if (letters !== 'servers') {
    const inner = inside.find((it) => ['servers', 'mcpservers'].includes(lettersOf(it.name)) && !isServer(it.value));
    if (inner) {
      return `"${inner.name}" stands inside of "${name}". Move it out of there to the top and call it "mcpServers".`;
    }
  }
  const program = ownValue(OTHER_NAMES, letters);
  if (program !== undefined && value?.type === 'object') return `"${name}" is what ${program} calls it. ${rename}`;
  if (isServer(value)) return `"${name}" is a server outside of "mcpServers". Move it into "mcpServers": {…}.`;
  if (inside.some((it) => isServer(it.value))) return `"${name}" holds servers under another name. ${rename}`;
  if (value?.type === 'array' && (value.children ?? []).some(isServer)) {
    return `"${name}" is a list of servers. Write "mcpServers": {"name": {"command": "npx"}}, each under its name.`;
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
