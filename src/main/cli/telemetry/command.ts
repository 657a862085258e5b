import type { MadeMetricsKey, TelemetryState, TelemetryTest } from '../../../shared/contract/telemetry';
import { HoldfastError } from '../../../shared/errors';
import { type Ms, SECOND } from '../../../shared/model/units';
import { Admin } from '../admin';
import type { Command } from '../command';
import { EXIT } from '../exit-codes';
import { dataFolder, findRunning } from '../find';
import { printJson, printLine } from '../print';
import { readLines } from '../read-line';
import { metricsLines, telemetryLines } from './words';

const ROUTE = '/api/mcp/telemetry';
/** A test takes at most 10 s. */
const TESTED: Ms = 15 * SECOND;

/** `holdfast telemetry`: what is sent to the user's own observability, or read from it. */
export const telemetry: Command = {
  help: `Usage: holdfast telemetry [status] [--json]
       holdfast telemetry otlp ADDRESS|on|off [--header NAME ... | --no-headers] [--json]
       holdfast telemetry test [--json]
       holdfast telemetry metrics on|off [--json]

  otlp ADDRESS  sends a span for every call, and metrics, to a receiver of OTLP over HTTP, such as
                http://127.0.0.1:4318: https://, or http:// on this machine
  otlp on, off  goes on with the address that is set, or stops
  test          asks the receiver whether it takes them
  metrics on    lets Prometheus read /metrics with a key, which is shown once. Again: a new key
  metrics off   ends that

Off until you switch it on. Arguments, results, texts of errors and keys are never part of it.

  --header NAME  a header that the receiver wants, such as an API key; its value is read from standard input, one line
                 for each. All headers are given together: those that are left out are forgotten. Another address
                 forgets them as well, unless new ones come with it
  --no-headers   forgets them
  --json         prints one JSON object

Exit codes: 0 done, 1 it could not be done, 2 wrong usage, 3 Holdfast is not running.`,
  options: { json: { type: 'boolean' }, header: { type: 'string', multiple: true }, 'no-headers': { type: 'boolean' } },
  maxPositionals: 2,
  async run(given) {
    const [action = 'status', what] = given.positionals;
    const names = given.all('header');
    const forgets = given.flag('no-headers');
    checkUsage(action, what, { names, forgets });
    const admin = await Admin.of(findRunning(dataFolder()));
    const isJson = given.flag('json');
    if (action === 'test') {
      const { problem }: TelemetryTest = await admin.ask(`${ROUTE}/test`, { method: 'POST', body: {}, limit: TESTED });
      if (isJson) printJson({ ok: problem === null, problem });
      else printLine(problem ?? 'The receiver takes it.');
      return problem === null ? EXIT.ok : EXIT.notWell;
    }
    if (action === 'metrics') {
      const body = { enabled: what === 'on' };
      const made: MadeMetricsKey = await admin.ask(`${ROUTE}/metrics`, { method: 'PUT', body });
      if (isJson) printJson({ ok: true, telemetry: made });
      else for (const line of metricsLines(made)) printLine(line);
      return EXIT.ok;
    }
    const state = await stateAfter(admin, action, what, { names, forgets });
    if (isJson) printJson({ ok: true, telemetry: state });
    else for (const line of telemetryLines(state)) printLine(line);
    return EXIT.ok;
  },
};

interface Headers {
  readonly names: readonly string[];
  readonly forgets: boolean;
}

function checkUsage(action: string, what: string | undefined, { names, forgets }: Headers): void {
  const invalid = (sentence: string) => new HoldfastError('invalid_input', sentence);
  if (!['status', 'otlp', 'test', 'metrics'].includes(action)) throw invalid(`There is no "telemetry ${action}".`);
  if ((action === 'status' || action === 'test') && what !== undefined)
    throw invalid(`"${what}" is one word too many.`);
  if (action === 'otlp' && what === undefined) throw invalid('Say the address of the receiver, on or off.');
  if (action === 'metrics' && what !== 'on' && what !== 'off') throw invalid('Say metrics on or metrics off.');
  if ((names.length > 0 || forgets) && action !== 'otlp') throw invalid('--header and --no-headers belong to otlp.');
  if (names.length > 0 && forgets) throw invalid('Give --header or --no-headers, not both.');
}

async function stateAfter(
  admin: Admin,
  action: string,
  what: string | undefined,
  { names, forgets }: Headers,
): Promise<TelemetryState> {
  if (action === 'status' || what === undefined) return admin.ask(ROUTE);
  const values = names.length === 0 ? [] : await readLines(names.map((name) => `Value of ${name}: `));
  const headers = Object.fromEntries(names.map((name, at) => [name, values[at] ?? '']));
  const missing = names.find((name) => headers[name] === '');
  if (missing !== undefined) throw new HoldfastError('invalid_input', `There is no value for ${missing}.`);
  const body = {
    enabled: what !== 'off',
    ...(what !== 'on' && what !== 'off' && { address: what }),
    ...((names.length > 0 || forgets) && { headers }),
  };
  return admin.ask(`${ROUTE}/otlp`, { method: 'PUT', body });
}
