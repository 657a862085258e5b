import type { Session, SessionStatus } from '../../../shared/contract/session';
import { t } from '../../../shared/messages/language';
import { isFlapping } from '../../../shared/model/evolve';
import { ownValue } from '../../../shared/model/own-value';
import { isUnfinished, type QueryToken, queryMeasure, queryTokens } from '../../../shared/model/query-text';
import { DAY, HOUR, MINUTE, type Ms, SECOND } from '../../../shared/model/units';
import { clientTypeWord, processBesideName, STATUS_WORDS } from '../../format/words';

/** The parsed text of the query box. */
export interface SessionQuery {
  /**
   * Whether a session matches.
   * @param servers - names of the servers that it is known to use, for the words that name one
   * @param name - that its user gave it
   */
  matches(session: Session, now: Ms, servers?: string, name?: string): boolean;
  /** Statuses that the text asks for; empty when it asks for none in particular. */
  readonly statuses: ReadonlySet<SessionStatus>;
  /** Whether the result can change just because time passes. */
  readonly usesClock: boolean;
  /** What could not be understood, one sentence each, with what would work. Those parts of the text are ignored. */
  readonly problems: readonly string[];
}

type Test = (session: Session, now: Ms, servers: string, name: string) => boolean;

const haystacks = new WeakMap<Session, string>();

/** Everything about a session that a plain word may match. */
function haystack(session: Session): string {
  let text = haystacks.get(session);
  if (text === undefined) {
    text = [
      session.client_name,
      session.client_version,
      session.client_type,
      clientTypeWord(session.client_type),
      session.session_id,
      session.client_id,
      session.status,
      STATUS_WORDS[session.status],
      session.protocol_version,
      session.server ?? '',
      processBesideName(session),
    ]
      .join('\n')
      .toLowerCase();
    haystacks.set(session, text);
  }
  return text;
}

const FLAGS: Readonly<Record<string, Test>> = {
  flapping: isFlapping,
  degraded: (session) => session.degraded,
  probe: (session) => session.probe,
  live: (session) => session.status === 'active' || session.status === 'idle',
  ended: (session) => session.status === 'expired' || session.status === 'closed',
};

const TEXTS: Readonly<Record<string, (session: Session) => string>> = {
  client: (session) => `${session.client_name}\n${session.client_type}\n${clientTypeWord(session.client_type)}`,
  type: (session) => `${session.client_type}\n${clientTypeWord(session.client_type)}`,
  version: (session) => session.client_version,
  id: (session) => `${session.session_id}\n${session.client_id}`,
  era: (session) => session.era,
  protocol: (session) => session.protocol_version,
  cause: (session) => session.last_reconnect_cause ?? '',
  /** `all` if it talks to all of them; the servers that it is known to use match as well. */
  server: (session) => session.server ?? 'all',
};

const NUMBERS: Readonly<Record<string, (session: Session) => number>> = {
  reconnects: (session) => session.reconnect_count,
  calls: (session) => session.calls,
  errors: (session) => session.errors,
  latency: (session) => session.recent_latencies.at(-1) ?? Number.NaN,
};

const AGES: Readonly<Record<string, (session: Session) => Ms>> = {
  age: (session) => session.created_at,
  seen: (session) => session.last_activity,
};

/** Every facet, for the help beside the box. */
export const FACETS: readonly string[] = [
  'status',
  'is',
  ...Object.keys(TEXTS),
  ...Object.keys(NUMBERS),
  ...Object.keys(AGES),
];

const UNITS: Readonly<Record<string, Ms>> = { s: SECOND, m: MINUTE, min: MINUTE, h: HOUR, d: DAY };

function comparison(operator: string | undefined, bound: number): (value: number) => boolean {
  switch (operator) {
    case '<':
      return (value) => value < bound;
    case '<=':
      return (value) => value <= bound;
    case '>':
      return (value) => value > bound;
    case '>=':
      return (value) => value >= bound;
    default:
      return (value) => value === bound;
  }
}

const isStatus = (text: string): text is SessionStatus => Object.hasOwn(STATUS_WORDS, text);

/** The test for one facet and value, or a sentence that says what is wrong. */
function facetTest(facet: string, { value, values }: QueryToken): Test | string {
  if (facet === 'status') {
    const unknown = values.find((status) => !isStatus(status));
    if (unknown !== undefined || values.length === 0) {
      return t('sessions.filter.no_status', { value: unknown ?? '', known: Object.keys(STATUS_WORDS).join(', ') });
    }
    return (session) => values.includes(session.status);
  }
  if (facet === 'is') {
    return (
      ownValue(FLAGS, value) ?? t('sessions.filter.no_flag', { value, known: `is:${Object.keys(FLAGS).join(', is:')}` })
    );
  }
  if (facet === 'server' && values.length > 0) {
    return (session, _, servers) => {
      const used = `${session.server ?? 'all'}\n${servers}`.toLowerCase();
      return values.some((name) => used.includes(name));
    };
  }
  const text = ownValue(TEXTS, facet);
  if (text) {
    return values.length > 0
      ? (session) => values.some((part) => text(session).toLowerCase().includes(part))
      : t('sessions.filter.no_value', { facet });
  }
  const measure = queryMeasure(value);
  const number = ownValue(NUMBERS, facet);
  if (number) {
    if (measure?.unit !== '') return t('sessions.filter.no_number', { facet });
    const compare = comparison(measure.operator, measure.amount);
    return (session) => compare(number(session));
  }
  const start = ownValue(AGES, facet);
  if (start) {
    const size = ownValue(UNITS, measure?.unit ?? '');
    if (!measure || size === undefined) return t('sessions.filter.no_length', { facet });
    // An age is never exactly one number of milliseconds, so no operator means “at most”.
    const compare = comparison(measure.operator === '=' ? '<=' : (measure.operator ?? '<='), measure.amount * size);
    return (session, now) => compare(now - start(session));
  }
  return t('sessions.filter.no_facet', { facet, known: FACETS.join(', ') });
}

const isTimed = (facet: string | null, value: string): boolean =>
  facet === null ? value === 'flapping' : Object.hasOwn(AGES, facet) || (facet === 'is' && value === 'flapping');

/**
 * Parses the query box: plain words (all must occur; flags like `flapping` count as flags), `"two words"`, facets
 * (`status:idle client:cursor reconnects:>3 seen:<10m is:flapping`) and `-` before any of them for its opposite. The same
 * word or status facet given twice means either; a number facet given twice means both. Never throws.
 */
export function parseQuery(text: string): SessionQuery {
  const tests: Test[] = [];
  const either = new Map<string, Test[]>();
  const problems: string[] = [];
  const statuses = new Set<SessionStatus>();
  let usesClock = false;

  for (const token of queryTokens(text)) {
    const { negated, facet, value, values } = token;
    if (facet === null && value === '') continue;
    const known = facet === null ? (ownValue(FLAGS, value) ?? null) : facetTest(facet, token);
    if (typeof known === 'string') {
      if (!isUnfinished(token)) problems.push(known);
      continue;
    }
    const test: Test =
      known ??
      ((session, _, servers, name) =>
        haystack(session).includes(value) || `${servers}\n${name}`.toLowerCase().includes(value));
    usesClock ||= isTimed(facet, value);
    if (facet === 'status' && !negated) for (const status of values) if (isStatus(status)) statuses.add(status);
    if (negated) tests.push((session, now, servers, name) => !test(session, now, servers, name));
    else if (facet !== null && (facet === 'status' || Object.hasOwn(TEXTS, facet)))
      either.set(facet, [...(either.get(facet) ?? []), test]);
    else tests.push(test);
  }
  for (const group of either.values())
    tests.push((session, now, servers, name) => group.some((test) => test(session, now, servers, name)));

  return {
    matches: (session, now, servers = '', name = '') => tests.every((test) => test(session, now, servers, name)),
    statuses,
    usesClock,
    problems,
  };
}

/** Adds `status` to the text or removes it; everything else stays. */
export function toggleStatus(text: string, status: SessionStatus): string {
  const wanted = new Set(parseQuery(text).statuses);
  if (!wanted.delete(status)) wanted.add(status);
  const rest = withoutStatuses(text);
  return [wanted.size > 0 ? `status:${[...wanted].join(',')}` : '', rest].filter(Boolean).join(' ');
}

/** The text without its (not negated) status facets: what the chips count. */
export const withoutStatuses = (text: string): string =>
  queryTokens(text)
    .filter(({ facet, negated }) => facet !== 'status' || negated)
    .map(({ raw }) => raw.trim())
    .filter(Boolean)
    .join(' ');
