import { isObject, type Params } from '../json-rpc';
import type { ListedKind } from './item-rules';
import { type ListRemark, shortened } from './sound-list';

/** Models take names of tools up to this long (the APIs of Anthropic and OpenAI); Cursor leaves out longer ones than 60. */
const LONGEST = 64;
const CURSOR = 60;
/** What Claude Code puts before the names of a server that it knows as `holdfast`. Other clients do alike. */
const PREFIX = 'mcp__holdfast__';

/** Keywords that the APIs of models refuse at the root of a tool's schema. */
const COMBINED = ['anyOf', 'oneOf', 'allOf'];
const STAYS = 'Listed as it is.';

/** Points out the tools of a page that MCP allows and some clients refuse. They are passed on all the same. */
export function pointedOut(server: string, kind: ListedKind, result: Params): ListRemark[] {
  const items = kind.word === 'tool' ? result[kind.key] : [];
  return (Array.isArray(items) ? items : []).flatMap((item) => {
    if (!isObject(item)) return [];
    const problems = [tooLong(`${server}__${item.name}`), combined(item.inputSchema)].filter((one) => one !== null);
    const name = shortened(String(item.name));
    return problems.map((problem) => ({ kind: kind.word, name, problem, done: STAYS }));
  });
}

function tooLong(name: string): string | null {
  const prefixed = PREFIX.length + name.length;
  if (prefixed <= LONGEST) return null;
  const limits = `Some clients refuse names of more than ${LONGEST} characters, Cursor those of more than ${CURSOR}`;
  return `At /mcp its name has ${name.length} characters, ${prefixed} with the prefix of Claude Code. ${limits}.`;
}

function combined(schema: unknown): string | null {
  const found = isObject(schema) ? COMBINED.find((keyword) => Object.hasOwn(schema, keyword)) : undefined;
  return found === undefined ? null : `Its input schema has ${found} at its root, which some models refuse.`;
}
