import { said } from '../../../shared/messages/said';
import { isObject, type Params } from '../json-rpc';
import { hiddenIn, madeVisible } from './hidden-characters';
import type { ListedKind } from './item-rules';
import { likeOwnTool } from './look-alikes';
import { hintIn } from './model-hints';
import { type ListRemark, shortened } from './sound-list';

/** Models take names of tools up to this long (the APIs of Anthropic and OpenAI); Cursor leaves out longer ones than 60. */
const LONGEST = 64;
const CURSOR = 60;
/** What Claude Code puts before the names of a server that it knows as `holdfast`. Other clients do alike. */
const PREFIX = 'mcp__holdfast__';

/** Keywords that the APIs of models refuse at the root of a tool's schema. */
const COMBINED = ['anyOf', 'oneOf', 'allOf'];
const STAYS = said('said.list.as_is');

/** Strings looked at within one schema. */
const MOST_STRINGS = 2_000;
const DEEPEST = 32;
/** Fields of an item, and what they are called in a sentence. */
const PLACES: readonly (readonly [field: string, called: string])[] = [
  ['title', said('said.part.title')],
  ['description', said('said.part.description')],
  ['inputSchema', said('said.part.input_schema')],
  ['outputSchema', said('said.part.output_schema')],
  ['annotations', said('said.part.annotations')],
  ['arguments', said('said.part.arguments')],
];

/** A tool of another server, or of the same one, that looks like the one of this name; null if none does. */
export type LookAlike = (tool: string) => { readonly server: string; readonly tool: string } | null;

/**
 * Points out what a person should know of the items of a page: names that some clients refuse, what is hidden in a text, what
 * reads like an instruction to the model, and names that look like others. All of it is passed on as it is.
 */
export function pointedOut(server: string, kind: ListedKind, result: Params, lookAlike: LookAlike): ListRemark[] {
  const items = result[kind.key];
  return (Array.isArray(items) ? items : []).flatMap((item) => {
    if (!isObject(item)) return [];
    const name = shortened(String(item[kind.id]));
    const remark = (problem: string): ListRemark => ({ kind: kind.word, name, problem, done: STAYS });
    const isTool = kind.word === 'tool';
    const misleading = [hidden(item), hint(item), isTool ? alike(server, item, lookAlike) : null];
    const odd = isTool ? [tooLong(`${server}__${item.name}`), combined(item.inputSchema)] : [];
    return [
      ...present(misleading).map((problem) => ({ ...remark(problem), misleads: true as const })),
      ...present(odd).map(remark),
    ];
  });
}

const present = (problems: readonly (string | null)[]): string[] => problems.filter((one) => one !== null);

function alike(server: string, item: Params, lookAlike: LookAlike): string | null {
  const name = String(item.name);
  const own = likeOwnTool(name);
  if (own !== null) return said(own === name ? 'said.list.own_name' : 'said.list.like_own_name', { name: own });
  const other = lookAlike(name);
  if (other === null) return null;
  const tool = madeVisible(other.tool);
  return other.server === server
    ? said('said.list.look_alike_same', { tool })
    : said('said.list.look_alike', { tool, server: other.server });
}

function hidden(item: Params): string | null {
  for (const [called, text] of textsOf(item)) {
    const found = hiddenIn(text);
    if (found === null) continue;
    const values = { part: called, count: found.count, text: found.shown };
    return said(found.count === 1 ? 'said.list.hidden_one' : 'said.list.hidden', values);
  }
  return null;
}

function hint(item: Params): string | null {
  for (const [called, text] of textsOf(item)) {
    const found = hintIn(text);
    if (found !== null) return said('said.list.hint', { part: called, text: madeVisible(found) });
  }
  return null;
}

function textsOf(item: Params): (readonly [called: string, text: string])[] {
  const texts = PLACES.flatMap(([field, called]) =>
    item[field] === undefined ? [] : [[called, stringsIn(item[field]).join('\n')] as const],
  );
  return typeof item.name === 'string' ? [['name', item.name], ...texts] : texts;
}

/** All strings of a value, names of members included. */
function stringsIn(value: unknown, found: string[] = [], depth = 0): string[] {
  if (found.length >= MOST_STRINGS || depth > DEEPEST) return found;
  if (typeof value === 'string') found.push(value);
  else if (Array.isArray(value)) for (const one of value) stringsIn(one, found, depth + 1);
  else if (isObject(value)) {
    for (const [key, one] of Object.entries(value)) {
      found.push(key);
      stringsIn(one, found, depth + 1);
    }
  }
  return found;
}

function tooLong(name: string): string | null {
  const prefixed = PREFIX.length + name.length;
  if (prefixed <= LONGEST) return null;
  return said('said.list.long_name', { count: name.length, prefixed, longest: LONGEST, cursor: CURSOR });
}

function combined(schema: unknown): string | null {
  const found = isObject(schema) ? COMBINED.find((keyword) => Object.hasOwn(schema, keyword)) : undefined;
  return found === undefined ? null : said('said.list.root_keyword', { keyword: found });
}
