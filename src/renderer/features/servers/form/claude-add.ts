import { splitWords } from './arguments';

/** A server as a `claude mcp add` command line names it, in the form of an entry of `mcpServers`. */
interface NamedEntry {
  readonly name: string;
  readonly entry: Readonly<Record<string, unknown>>;
}

/** Options that take one value. Those that are not read here say where Claude Code keeps the entry. */
const VALUED: Readonly<Record<string, string>> = {
  '-t': 'transport',
  '--transport': 'transport',
  '-s': 'scope',
  '--scope': 'scope',
  '--client-id': 'clientId',
  '--callback-port': 'callbackPort',
};

/**
 * Reads command lines such as `claude mcp add --env KEY=value files -- npx -y files` and `claude mcp add-json name '{…}'`,
 * which the pages of servers tell people to run. Lines that end with a backslash go on in the next one.
 *
 * @returns what they would add, in order; empty when the text is no such command line
 */
export function readClaudeCommands(text: string): readonly NamedEntry[] {
  return text
    .replace(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .map((line) => readLine(splitWords(line.replace(/^\s*[$>]\s+/, ''))))
    .filter((entry) => entry !== null);
}

function readLine(words: readonly string[]): NamedEntry | null {
  const [program = '', mcp, action, ...rest] = words;
  if (!/(^|[\\/])claude(\.exe|\.cmd)?$/.test(program) || mcp !== 'mcp') return null;
  if (action === 'add') return readAdd(rest);
  return action === 'add-json' ? readAddJson(rest) : null;
}

function readAdd(words: readonly string[]): NamedEntry | null {
  const options: Record<string, string> = {};
  const env: Record<string, string> = {};
  const headers: Record<string, string> = {};
  const plain: string[] = [];
  const left = [...words];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    const [flag = '', inline] = /^--[\w-]+=/.test(word) ? word.split(/=(.*)/s) : [word];
    // The rest is the command, whatever it looks like; so is everything after the program. An address has no arguments.
    if (word === '--' || (plain.length === 2 && !isAddress(plain[1]))) {
      plain.push(...(word === '--' ? [] : [word]), ...left);
      break;
    }
    if (flag === '-e' || flag === '--env') {
      takeAll(inline, left, /^([A-Za-z_]\w*)=(.*)$/s, env);
    } else if (flag === '-H' || flag === '--header') {
      takeAll(inline, left, /^([\w-]+):\s*(.*)$/s, headers);
    } else if (Object.hasOwn(VALUED, flag)) {
      options[VALUED[flag] ?? ''] = inline ?? left.shift() ?? '';
    } else if (!flag.startsWith('-')) plain.push(word);
  }
  const [name, target, ...args] = plain;
  if (name === undefined || target === undefined) return null;
  const { transport, clientId } = options;
  const oauth = clientId === undefined ? {} : { oauth: { clientId } };
  const isWeb = transport === 'http' || transport === 'sse' || (transport === undefined && isAddress(target));
  return {
    name,
    entry: isWeb ? { type: transport ?? 'http', url: target, headers, ...oauth } : { command: target, args, env },
  };
}

const isAddress = (text = ''): boolean => /^https?:\/\//.test(text);

/** One option may have several values: all words that look like one belong to it. */
function takeAll(inline: string | undefined, left: string[], form: RegExp, into: Record<string, string>): void {
  let next = inline ?? left.shift();
  for (let match = next?.match(form); match; match = next?.match(form)) {
    into[match[1] ?? ''] = match[2] ?? '';
    next = form.test(left[0] ?? '') ? left.shift() : undefined;
  }
}

function readAddJson(words: readonly string[]): NamedEntry | null {
  const [name, json] = words.filter(
    (word, index) => !word.startsWith('-') && !Object.hasOwn(VALUED, words[index - 1] ?? ''),
  );
  try {
    const entry: unknown = JSON.parse(json ?? '');
    if (name === undefined || typeof entry !== 'object' || entry === null) return null;
    return { name, entry: entry as NamedEntry['entry'] };
  } catch {
    return null;
  }
}
