import type { CallInFlight, LongCallState, LongCallView, PatienceView } from '../../../shared/contract/calls';
import { clientToolName } from '../../../shared/model/client-names';
import { type Ms, SECOND } from '../../../shared/model/units';

type Names = ReadonlyMap<string, string>;

const STATES: Readonly<Record<LongCallState, string>> = {
  running: 'running',
  answered: 'answer waits',
  fetched: 'fetched',
  gone: 'answer gone',
  cancelled: 'cancelled',
};

const FROM: Readonly<Record<PatienceView['from'], string>> = {
  set: 'set by hand',
  learned: 'learned: the client gave up then',
  program: 'known of the program',
  usual: 'the usual time',
};

/** One call that a client waits for: its number, what it is, whose, for how long, how far. */
export const runningRow = (call: CallInFlight, names: Names, now: Ms): string[] => [
  String(call.call_id),
  call.name ?? call.method,
  clientName(call.client_id, names),
  secondsWords(now - call.started_at),
  progressWords(call.progress),
];

/** One call that became a handle. */
export const handedOutRow = (call: LongCallView, names: Names, now: Ms): string[] => [
  String(call.call_id),
  clientToolName(call.server, call.tool),
  clientName(call.client_id, names),
  secondsWords((call.ended_at ?? now) - call.started_at),
  call.ok === false ? `${STATES[call.state]}, an error` : STATES[call.state],
  progressWords(call.state === 'running' ? call.progress : null),
];

/** How long a client waits, and how that is known. */
export const patienceLine = (patience: PatienceView, name: string): string[] => [
  name,
  `waits ${patience.seconds} s`,
  [FROM[patience.from], patience.renewed_by_progress && 'progress renews it', otherwise(patience)]
    .filter(Boolean)
    .join('; '),
];

/** What was set or learned stands before this. */
const otherwise = ({ from, default: usual }: PatienceView): string =>
  from === 'set' || from === 'learned' ? `otherwise ${usual.seconds} s, ${FROM[usual.from]}` : '';

const clientName = (id: string | null, names: Names): string => (id === null ? '-' : (names.get(id) ?? id));

const secondsWords = (time: Ms): string => `${Math.max(0, Math.round(time / SECOND))} s`;

function progressWords(progress: CallInFlight['progress']): string {
  if (progress === null) return '';
  const { progress: done, total, message } = progress;
  const counted = total === null ? String(done) : `${done} of ${total}`;
  return message === null ? counted : `${counted}, ${message}`;
}
