import type { Activity, ActivityOutcome } from '../contract/activity';
import type { MessageId } from '../messages/en';
import type { Values } from '../messages/language';
import { ownValue } from './own-value';
import { isUnfinished, type QueryToken, queryMeasure, queryTokens } from './query-text';
import { HOUR, MINUTE, type Ms, SECOND } from './units';

/** Texts of a message that a facet looks into; `text` is a plain word, which is looked for in most of them. */
export type ActivityText = 'text' | 'server' | 'client' | 'name' | 'method' | 'error' | 'session';
export type ActivityFlag = 'failed' | 'held' | 'repeated' | 'lost';

/** One condition on messages. */
export type ActivityTerm = { readonly negated: boolean } & (
  | { readonly on: ActivityText /** Any of them occurs; in lower case. */; readonly values: readonly string[] }
  | { readonly on: 'outcome'; readonly values: readonly ActivityOutcome[] }
  | { readonly on: 'direction'; readonly values: readonly Activity['direction'][] }
  | { readonly on: 'is'; readonly flag: ActivityFlag }
  | { readonly on: 'slower' | 'faster'; readonly than: Ms }
);

/** A sentence about a text that could not be understood, in whatever language it is needed. */
interface QueryProblem {
  readonly id: MessageId;
  readonly values: Values;
}

export interface ActivityTerms {
  /** All hold together. */
  readonly terms: readonly ActivityTerm[];
  /** What could not be understood, with what would work. Those parts of the text are not among the terms. */
  readonly problems: readonly QueryProblem[];
}

const TEXTS: Readonly<Record<string, readonly [on: ActivityText, example: string]>> = {
  server: ['server', 'tickets'],
  client: ['client', 'cursor'],
  tool: ['name', 'search'],
  name: ['name', 'search'],
  method: ['method', 'tools/call'],
  error: ['error', 'timeout'],
  session: ['session', 's_4f2a'],
};
const OUTCOMES: readonly ActivityOutcome[] = ['ok', 'tool_error', 'error', 'cancelled', 'lost', 'sent'];
const DIRECTIONS: readonly Activity['direction'][] = ['to_server', 'to_client'];
const FLAGS: readonly ActivityFlag[] = ['failed', 'held', 'repeated', 'lost'];
const UNITS: Readonly<Record<string, Ms>> = { '': 1, ms: 1, s: SECOND, m: MINUTE, min: MINUTE, h: HOUR };

/** Every facet, for the help beside the box. */
export const ACTIVITY_FACETS: readonly string[] = [
  ...Object.keys(TEXTS),
  'outcome',
  'direction',
  'slower',
  'faster',
  'is',
];

type Condition = ActivityTerm extends infer Term ? (Term extends unknown ? Omit<Term, 'negated'> : never) : never;

/** The condition of one facet and value, or what is wrong. */
function conditionOf(facet: string, { value, values }: QueryToken): Condition | QueryProblem {
  const text = ownValue(TEXTS, facet);
  if (text) {
    const [on, example] = text;
    return values.length > 0 ? { on, values } : { id: 'activity.filter.no_value', values: { facet, example } };
  }
  switch (facet) {
    case 'outcome':
      return choices(OUTCOMES, 'outcome', values);
    case 'direction':
      return choices(DIRECTIONS, 'direction', values);
    case 'is': {
      const flag = FLAGS.find((one) => one === value);
      return flag ? { on: 'is', flag } : noChoice('is', value, FLAGS);
    }
    case 'slower':
    case 'faster': {
      const measure = queryMeasure(value);
      const unit = ownValue(UNITS, measure?.unit ?? '');
      if (!measure || measure.operator !== undefined || unit === undefined) {
        return { id: 'activity.filter.no_length', values: { facet } };
      }
      return { on: facet, than: measure.amount * unit };
    }
    default:
      return { id: 'sessions.filter.no_facet', values: { facet, known: ACTIVITY_FACETS.join(', ') } };
  }
}

function choices<const On extends 'outcome' | 'direction', Value extends string>(
  known: readonly Value[],
  on: On,
  values: readonly string[],
): { on: On; values: readonly Value[] } | QueryProblem {
  const unknown = values.find((value) => !known.some((one) => one === value));
  if (unknown !== undefined || values.length === 0) return noChoice(on, unknown ?? '', known);
  return { on, values: known.filter((one) => values.includes(one)) };
}

const noChoice = (facet: string, value: string, known: readonly string[]): QueryProblem => ({
  id: 'activity.filter.no_choice',
  values: { facet, value, known: known.map((one) => `${facet}:${one}`).join(', ') },
});

/**
 * Parses a filter of what was called: plain words (all must occur in method, name, server or error), `"two words"`, facets
 * (`server:tickets tool:search outcome:error direction:to_client slower:500ms is:failed`), commas for any of several values,
 * and `-` before any of them for its opposite. The same facet given twice means either; `slower:` and `faster:` both hold.
 * A value with a comma or a blank in it stands in quotes. Never throws.
 *
 * @param isTyped - whether somebody is still typing: then a facet without a value yet is no problem
 */
export function parseActivityQuery(text: string, isTyped = false): ActivityTerms {
  const terms: ActivityTerm[] = [];
  const problems: QueryProblem[] = [];
  for (const token of queryTokens(text)) {
    const { negated, facet, value } = token;
    if (facet === null && value === '') continue;
    const found: Condition | QueryProblem =
      facet === null ? { on: 'text', values: [value] } : conditionOf(facet, token);
    if ('id' in found) {
      if (!isTyped || !isUnfinished(token)) problems.push(found);
      continue;
    }
    const term: ActivityTerm = { ...found, negated };
    const same = negated ? -1 : terms.findIndex((other) => other.on === term.on && !other.negated);
    const joined = same === -1 ? null : either(terms[same], term);
    if (joined) terms[same] = joined;
    else terms.push(term);
  }
  return { terms, problems };
}

/** Two conditions of one facet as one that takes either; null where both must hold. */
function either(one: ActivityTerm | undefined, other: ActivityTerm): ActivityTerm | null {
  if (!one || one.on === 'text') return null;
  if (one.on === 'outcome' && other.on === 'outcome') return { ...one, values: [...one.values, ...other.values] };
  if (one.on === 'direction' && other.on === 'direction') return { ...one, values: [...one.values, ...other.values] };
  if (isText(one) && isText(other)) return { ...one, values: [...one.values, ...other.values] };
  return null;
}

const isText = (term: ActivityTerm): term is Extract<ActivityTerm, { on: ActivityText }> =>
  term.on !== 'outcome' && term.on !== 'direction' && 'values' in term;
