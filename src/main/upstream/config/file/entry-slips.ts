import { said } from '../../../../shared/messages/said';
import { ownValue } from '../../../../shared/model/own-value';
import type { EntryProblem } from './entry-problem';
import { slipsOfLogin } from './oauth-slips';

type Fields = Readonly<Record<string, unknown>>;

/** Field names of other programs, and what they are called here. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  arguments: 'args',
  environment: 'env',
  environments: 'env',
  envs: 'env',
  envvars: 'env',
  environmentvariables: 'env',
  workdir: 'cwd',
  workingdir: 'cwd',
  workingdirectory: 'cwd',
  httpurl: 'url',
  serverurl: 'url',
  baseurl: 'url',
  endpoint: 'url',
  uri: 'url',
  httpheaders: 'headers',
};
/** `"C:\temp"` in JSON is `C:`, a tab and `emp`: the backslash was not written twice. */
const TYPED_ONCE = /(?:^|[\s"'=,;])[A-Za-z]:(?:[\\/]\S*)?[\b\f\n\r\t]\S/;

/**
 * Slips that make a valid entry of JSON mean something else than its author thought: names of other programs' fields, a whole
 * command line in one text, a login in another form, backslashes that were not written twice.
 * @param known - the names of all fields
 */
export function slipsIn(entry: Fields, known: readonly string[]): EntryProblem[] {
  return [...slipsOfNames(entry, known), ...slipsOfLogin(entry), ...slipsOfCommand(entry), ...slipsOfPaths(entry)];
}

function slipsOfNames(entry: Fields, known: readonly string[]): EntryProblem[] {
  return Object.keys(entry).flatMap((key): EntryProblem[] => {
    if (known.includes(key)) return [];
    const letters = key.toLowerCase().replace(/[^a-z]/g, '');
    const same = known.find((name) => name.toLowerCase() === letters);
    const name = same ?? ownValue(OTHER_NAMES, letters);
    if (name === undefined || name in entry) return [];
    // Beside a command, an address belongs to something else.
    if (same === undefined && name === 'url' && 'command' in entry) return [];
    const id = same === undefined ? 'said.slip.other_program' : 'said.slip.not_quite';
    return [{ path: [key], sentence: said(id, { key, name }) }];
  });
}

function slipsOfCommand({ command, mcpServers }: Fields): EntryProblem[] {
  if (typeof mcpServers === 'object') {
    const sentence = said('said.slip.inner');
    return [{ path: ['mcpServers'], sentence }];
  }
  if (Array.isArray(command) && command.every((part) => typeof part === 'string') && command.length > 0) {
    return [{ path: ['command'], sentence: said('said.slip.command_list', { fields: asFields(command) }) }];
  }
  if (typeof command !== 'string') return [];
  const words = command.trim().split(/\s+/);
  const [program = ''] = words;
  // The path of a program may have spaces, but one that is looked for by its name has none.
  if (words.length < 2 || /[\\/"']/.test(program)) return [];
  return [{ path: ['command'], sentence: said('said.slip.command_line', { fields: asFields(words) }) }];
}

/** The words of a command line as the fields of an entry. Anything but plain words is left for the user to fill in. */
function asFields([program, ...args]: readonly string[]): string {
  const shown = args.length <= 6 && args.every((arg) => /^[\w@%+:,./-]{1,60}$/.test(arg)) ? args : ['…'];
  return `"command": ${JSON.stringify(program)}, "args": [${shown.map((arg) => JSON.stringify(arg)).join(', ')}]`;
}

function slipsOfPaths({ command, args, cwd, env }: Fields): EntryProblem[] {
  const texts: [path: (string | number)[], text: unknown][] = [
    [['command'], command],
    ...(Array.isArray(args) ? args.map((arg, index): [(string | number)[], unknown] => [['args', index], arg]) : []),
    [['cwd'], cwd],
    ...Object.entries(typeof env === 'object' && env !== null ? env : {}).map(([name, value]): [string[], unknown] => [
      ['env', name],
      value,
    ]),
  ];
  return texts.flatMap(([path, text]) =>
    typeof text === 'string' && TYPED_ONCE.test(text)
      ? [
          {
            path,
            sentence: said('said.slip.backslash'),
          },
        ]
      : [],
  );
}
