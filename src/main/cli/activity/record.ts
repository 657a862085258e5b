import {
  MAX_RECORDED_MINUTES,
  type Recording,
  type RecordingChange,
  recordingSchema,
  USUAL_RECORDED_MINUTES,
} from '../../../shared/contract/activity-contents';
import { HoldfastError } from '../../../shared/errors';
import { Admin } from '../admin';
import type { Given } from '../command';
import { EXIT, type ExitCode } from '../exit-codes';
import { dataFolder, findRunning } from '../find';
import { printJson, printLine, spanWords } from '../print';

const ROUTE = '/api/mcp/activity/recording';

/** `holdfast activity record`: switches the recording of contents on or off. */
export async function record(given: Given): Promise<ExitCode> {
  const [, surplus] = given.positionals;
  if (surplus !== undefined) throw new HoldfastError('invalid_input', `"${surplus}" is one word too many.`);
  const wanted = changeOf(given);
  const admin = await Admin.of(findRunning(dataFolder()));
  const change = wanted ?? allOff(recordingSchema.parse(await admin.ask(ROUTE)));
  const state = recordingSchema.parse(await admin.ask(ROUTE, { method: 'PUT', body: change }));
  if (given.flag('json')) printJson({ ok: true, ...state });
  else for (const line of recordingWords(state)) printLine(line);
  return EXIT.ok;
}

/** Null to switch everything off. */
function changeOf(given: Given): RecordingChange | null {
  const [server, minutes] = [given.text('server'), given.text('minutes')];
  const isOff = given.flag('off');
  if (minutes !== undefined && (isOff || server !== undefined)) {
    throw new HoldfastError(
      'invalid_input',
      '--minutes is for everything, and goes with neither --server nor --off. A server is recorded until --off.',
    );
  }
  if (server !== undefined) return { servers: { [server]: !isOff } };
  if (isOff) return null;
  const number = minutes === undefined ? USUAL_RECORDED_MINUTES : Number(minutes);
  if (!Number.isInteger(number) || number < 1 || number > MAX_RECORDED_MINUTES) {
    throw new HoldfastError('invalid_input', `--minutes is a whole number from 1 to ${MAX_RECORDED_MINUTES}.`);
  }
  return { minutes: number };
}

const allOff = ({ servers }: Recording): RecordingChange => ({
  minutes: 0,
  servers: Object.fromEntries(servers.map((name) => [name, false])),
});

function recordingWords({ servers, everything_left_ms }: Recording): string[] {
  if (servers.length === 0 && everything_left_ms === null) return ['No contents are recorded.'];
  return [
    ...(everything_left_ms === null
      ? []
      : [`Contents of everything are recorded for ${spanWords(everything_left_ms)}.`]),
    ...servers.map((name) => `Contents of ${name} are recorded until you switch it off.`),
    'What looks like a secret is masked. Contents are kept for 24 hours at most.',
  ];
}
