import { HoldfastError } from '../../../shared/errors';
import { addressOfSet } from '../../../shared/model/mcp-address';
import type { Visibility } from '../../../shared/model/visibility';
import { Admin } from '../admin';
import type { Command } from '../command';
import { EXIT } from '../exit-codes';
import { dataFolder, findRunning } from '../find';
import { columns, printJson, printLine } from '../print';
import { clientNamed, kindOf, partOf, partWords } from '../tools/parts';

const ROUTE = '/api/mcp/sets';
const MOST_WORDS = 200;
/** The least that each action takes besides its own word, and what to say otherwise. */
const NEEDS: Readonly<Record<string, readonly [number, string]>> = {
  list: [0, ''],
  save: [2, 'Name the set, and what is in it: SERVER or SERVER/TOOL.'],
  rename: [2, 'Name the set, and its new name.'],
  delete: [1, 'Name the set.'],
  choose: [1, 'Name the client, and its set.'],
};

/** `holdfast sets`: lists sets, makes, renames and deletes them, and chooses one for a client. */
export const sets: Command = {
  help: `Usage: holdfast sets [list] [--json]
       holdfast sets save NAME SERVER[/TOOL]... [--kind KIND] [--json]
       holdfast sets rename NAME NEW [--json]
       holdfast sets delete NAME [--json]
       holdfast sets choose CLIENT [NAME] [--search] [--json]

  list      the sets, their addresses and what is in them
  save      makes a set of servers or of single tools, or gives one new contents
  rename    gives a set another name: its old address then answers 404, clients that have chosen it stay
  delete    deletes a set: clients that have chosen it see everything again, its address answers 404
  choose    shows a client this set at /mcp; without a set, everything

  --search       lists the client two tools in place of all: search_tools finds the others, call_tool calls them
  --kind KIND    what SERVER/NAME is: tool (as without it), prompt or resource
  --json         prints one JSON object: ok and sets, or ok and view

Exit codes: 0 all is well, 1 it could not be done, 2 wrong usage, 3 Holdfast is not running.`,
  options: { json: { type: 'boolean' }, kind: { type: 'string' }, search: { type: 'boolean' } },
  maxPositionals: MOST_WORDS,
  async run(given) {
    const [action = 'list', ...words] = given.positionals;
    const [least, sentence] = (Object.hasOwn(NEEDS, action) ? NEEDS[action] : undefined) ?? [null, ''];
    if (least === null) throw new HoldfastError('invalid_input', `There is no "sets ${action}".`);
    if (words.length < least) throw new HoldfastError('invalid_input', sentence);
    const most = { list: 0, rename: 2, delete: 1, choose: 2 }[action] ?? MOST_WORDS;
    if (words.length > most) throw new HoldfastError('invalid_input', `"${words[most]}" is one word too many.`);
    const search = given.flag('search');
    if (search && action !== 'choose') {
      throw new HoldfastError('invalid_input', '--search goes with "sets choose CLIENT".');
    }
    const [name = '', second = ''] = words;
    const kind = kindOf(given.text('kind'));
    const parts = action === 'save' ? words.slice(1).map((word) => partOf(word, kind)) : [];
    const admin = await Admin.of(findRunning(dataFolder()));
    const path = (set: string) => `${ROUTE}/${encodeURIComponent(set)}`;
    if (action === 'choose') {
      const { client_id } = await clientNamed(admin, name);
      const body = { set: second === '' ? null : second, search };
      const view = await admin.ask(`/api/mcp/clients/${encodeURIComponent(client_id)}/set`, { method: 'PUT', body });
      if (given.flag('json')) printJson({ ok: true, view });
      else {
        const what = second === '' ? 'everything' : `the set "${second}"`;
        printLine(`${name} ${search ? `finds ${what} by search` : `sees ${what}`} at /mcp.`);
      }
      return EXIT.ok;
    }
    if (action === 'save') await admin.ask(path(name), { method: 'PUT', body: { parts } });
    if (action === 'delete') await admin.ask(path(name), { method: 'DELETE' });
    if (action === 'rename') {
      const { sets: known } = (await admin.ask(ROUTE)) as Pick<Visibility, 'sets'>;
      const set = known.find((one) => one.name === name);
      if (!set) throw new HoldfastError('set_not_found');
      await admin.ask(path(second), { method: 'PUT', body: { parts: set.parts, replaces: name } });
    }
    const { sets: all } = (await admin.ask(ROUTE)) as Pick<Visibility, 'sets'>;
    if (given.flag('json')) printJson({ ok: true, sets: all });
    else if (all.length === 0) printLine('There is no set. "holdfast sets save NAME SERVER..." makes one.');
    else for (const line of columns(all.map(setRow))) printLine(line);
    return EXIT.ok;
  },
};

const setRow = ({ name, parts }: Visibility['sets'][number]): string[] => [
  name,
  `/mcp/${addressOfSet(name)}`,
  parts.length === 0 ? 'nothing is in it' : parts.map(partWords).join(', '),
];
