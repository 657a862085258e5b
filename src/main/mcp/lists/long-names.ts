import { isObject, type Params } from '../json-rpc';
import type { ListedKind } from './item-rules';
import { type ListRemark, shortened } from './sound-list';

/** Models take names of tools up to this long (the APIs of Anthropic and OpenAI); Cursor leaves out longer ones than 60. */
const LONGEST = 64;
const CURSOR = 60;
/** What Claude Code puts before the names of a server that it knows as `holdfast`. Other clients do alike. */
const PREFIX = 'mcp__holdfast__';

/** Points out the tools of a page whose names are too long for some clients. They are passed on all the same. */
export function longNames(server: string, kind: ListedKind, result: Params): ListRemark[] {
  const items = kind.word === 'tool' ? result[kind.key] : [];
  return (Array.isArray(items) ? items : []).flatMap((item) => {
    const name = isObject(item) ? String(item.name) : '';
    const given = `${server}__${name}`;
    const prefixed = PREFIX.length + given.length;
    if (prefixed <= LONGEST) return [];
    const limits = `Some clients refuse names of more than ${LONGEST} characters, Cursor those of more than ${CURSOR}`;
    const problem = `At /mcp its name has ${given.length} characters, ${prefixed} with the prefix of Claude Code. ${limits}.`;
    return [{ kind: kind.word, name: shortened(name), problem, done: 'It is listed as it is.' }];
  });
}
