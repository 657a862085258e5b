import { setImmediate as turn } from 'node:timers/promises';
import type { ActivityPage, ActivityQuery } from '../../../shared/contract/activity';
import type { BundleScope } from '../../../shared/contract/bundle';
import type { DoctorReport, LogLine } from '../../../shared/contract/diagnostics';
import type { HoldfastEvent } from '../../../shared/contract/event';
import type { Servers } from '../../../shared/contract/server';
import type { Session } from '../../../shared/contract/session';
import type { Setting } from '../../../shared/contract/settings';
import type { Ms } from '../../../shared/model/units';
import { type CleanText, cleanJson } from './clean';
import { type BundledFile, bundleFile, MOST_LIST_BYTES, MOST_LOG_LINES, MOST_TEXT_BYTES, withReadme } from './files';
import { jsonLines, type Lines } from './lines';
import { serverStates, serversShape } from './server-parts';

/** After so many values, others get their turn. */
const AT_ONCE = 50;
const MOST_EVENTS = 5_000;
const MOST_CALLS = 5_000;
const MOST_SESSIONS = 500;
const PAGE = 500;

interface EventPage {
  readonly events: readonly HoldfastEvent[];
  readonly has_more: boolean;
}

/** Where the contents of a bundle come from. */
export interface BundleSources {
  readonly version: string;
  now(): Ms;
  diagnosis(): Promise<string>;
  doctor(): DoctorReport;
  log(limit: number): Promise<{ lines: readonly LogLine[] }>;
  settings(): readonly Setting[];
  servers(): Promise<Servers>;
  /** @throws HoldfastError `session_not_found` */
  session(sessionId: string): Session;
  /** Sessions, the one that was active last first. */
  sessions(limit: number): readonly Session[];
  timeline(sessionId: string, before: number | undefined, limit: number): EventPage;
  events(from: Ms, to: Ms, before: HoldfastEvent | undefined, limit: number): EventPage;
  activity(query: Partial<ActivityQuery>): Promise<ActivityPage>;
  /** Removes secrets that are known, what looks like one, and the home folder. */
  clean: CleanText;
}

/**
 * Everything that goes into a bundle, cleaned, README.txt first.
 * @throws HoldfastError `session_not_found`
 */
export async function bundleContents(sources: BundleSources, scope: BundleScope): Promise<BundledFile[]> {
  const { clean } = sources;
  const sessions = sessionsIn(sources, scope);
  const servers = await sources.servers();
  const events = eventsIn(sources, scope);
  const calls = await callsIn(sources, scope);
  const { lines } = await sources.log(MOST_LOG_LINES);
  const json = (value: unknown): Lines => shortened(`${JSON.stringify(cleanJson(value, clean), null, 2)}\n`);
  const list = async (values: readonly unknown[], hasMore: boolean): Promise<Lines> => {
    const cleaned: unknown[] = [];
    for (const [index, value] of values.entries()) {
      if (index % AT_ONCE === 0) await turn();
      cleaned.push(cleanJson(value, clean));
    }
    return jsonLines(cleaned, MOST_LIST_BYTES, hasMore);
  };
  const files = [
    bundleFile('diagnosis.md', 'diagnosis', shortened(clean(await sources.diagnosis()))),
    bundleFile('doctor.json', 'doctor', json(sources.doctor())),
    bundleFile('settings.json', 'settings', json(sources.settings().map(settingOf))),
    bundleFile('servers-state.json', 'servers_state', json(serverStates(servers))),
    bundleFile('servers-shape.json', 'servers_shape', json(serversShape(servers))),
    bundleFile('sessions.jsonl', 'sessions', await list(sessions.found, sessions.hasMore)),
    bundleFile('timeline.jsonl', 'timeline', await list(events.found, events.hasMore)),
    bundleFile('activity.jsonl', 'activity', await list(calls.found, calls.hasMore)),
    bundleFile('log.jsonl', 'log', await list(lines.toReversed(), lines.length >= MOST_LOG_LINES)),
  ];
  return withReadme({ at: sources.now(), version: sources.version, scope }, files);
}

const whole = (text: string): Lines => ({ text, isCut: false });

/** The beginning of a text that is too long, to the end of a line. */
function shortened(text: string): Lines {
  if (Buffer.byteLength(text) <= MOST_TEXT_BYTES) return whole(text);
  const kept = Buffer.from(text).subarray(0, MOST_TEXT_BYTES).toString('utf8');
  return { text: kept.slice(0, kept.lastIndexOf('\n') + 1), isCut: true };
}

/** What explains a setting to a person is the same everywhere. */
const settingOf = ({ name, value, running, default: usual, saved, origin, pending }: Setting) => ({
  name,
  value,
  running,
  default: usual,
  saved,
  origin,
  pending,
});

interface Found<T> {
  /** The newest first. */
  readonly found: readonly T[];
  readonly hasMore: boolean;
}

function sessionsIn(
  sources: BundleSources,
  { session_id, from = 0, to = Number.MAX_SAFE_INTEGER }: BundleScope,
): Found<Session> {
  if (session_id !== undefined) return { found: [sources.session(session_id)], hasMore: false };
  const all = sources.sessions(MOST_SESSIONS);
  const found = all.filter(({ created_at, last_activity }) => created_at < to && last_activity >= from);
  return { found, hasMore: all.length >= MOST_SESSIONS };
}

function eventsIn(
  sources: BundleSources,
  { session_id, from = 0, to = Number.MAX_SAFE_INTEGER }: BundleScope,
): Found<HoldfastEvent> {
  const found: HoldfastEvent[] = [];
  let hasMore = true;
  while (hasMore && found.length < MOST_EVENTS) {
    const last = found.at(-1);
    const page =
      session_id === undefined ? sources.events(from, to, last, PAGE) : sources.timeline(session_id, last?.seq, PAGE);
    found.push(...page.events);
    hasMore = page.has_more && page.events.length > 0;
  }
  // Events of one session are read by their number, so their time is looked at here.
  return { found: found.filter(({ at }) => at >= from && at < to), hasMore };
}

async function callsIn(sources: BundleSources, { session_id, from, to }: BundleScope): Promise<Found<object>> {
  const found: ActivityPage['activity'] = [];
  let hasMore = true;
  while (hasMore && found.length < MOST_CALLS) {
    const before = found.at(-1)?.activity_id;
    const page = await sources.activity({
      ...(session_id !== undefined && { session_id }),
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
      ...(before !== undefined && { before }),
      limit: PAGE,
    });
    found.push(...page.activity);
    hasMore = page.has_more && page.activity.length > 0;
  }
  return { found, hasMore };
}
