import { said } from '../../../../shared/messages/said';
import type { Json } from './json';

/** What is read of an entry. Everything else is told to the user as not taken. */
const READ = new Set([
  ...['type', 'transport', 'command', 'args', 'env', 'envFile', 'cwd'],
  ...['url', 'serverUrl', 'httpUrl', 'headers', 'disabled', 'enabled'],
  ...['startup_timeout_sec', 'startup_timeout_ms'],
]);

interface Group {
  readonly fields: RegExp;
  remark(names: string): string;
}

/** Fields whose loss changes what a server may do or how it is reached, and what to know about it. */
const GROUPS: readonly Group[] = [
  {
    fields: /^(?:(?:dis|en)abled_?tools|(?:in|ex)clude_?tools|(?:allowed|denied|blocked)_?tools|tools?(?:_?filter)?)$/i,
    remark: (names) => said('said.import.limit', { names }),
  },
  {
    fields: /^(?:.*time_?outs?(?:_?(?:sec|secs|seconds|ms))?)$/i,
    remark: (names) => said('said.import.times', { names }),
  },
  {
    fields: /^headers_?helper$/i,
    remark: (names) => said('said.import.headers_program', { names }),
  },
  {
    fields: /^(?:oauth.*|auth.*|scopes?|target_?(?:audience|service_?account))$/i,
    remark: (names) => said('said.import.login', { names }),
  },
  {
    fields: /^(?:always_?allow|auto_?approve|trust|.*approval.*)$/i,
    remark: (names) => said('said.import.approvals', { names }),
  },
];

/** Names shown in one remark. */
const MOST_NAMES = 8;

/**
 * Remarks about everything in the entry that does not come along: fields that Holdfast does not know, and values of a wrong
 * type. Quotes names, never values.
 * @param read - further fields that were read
 */
export function notTaken(value: Json, read: readonly string[]): string[] {
  const unknown = Object.keys(value).filter((name) => !READ.has(name) && !read.includes(name));
  const remarks = GROUPS.flatMap(({ fields, remark }) => {
    const names = unknown.filter((name) => fields.test(name));
    return names.length > 0 ? [remark(shown(names))] : [];
  });
  const others = unknown.filter((name) => !GROUPS.some(({ fields }) => fields.test(name)));
  return [
    ...remarks,
    ...(others.length > 0 ? [said('said.import.not_taken', { names: shown(others) })] : []),
    ...ofWrongType(value),
  ];
}

/** Whether a value can stand for a variable's or header's text. */
export const isPlain = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);

function ofWrongType(value: Json): string[] {
  const { args, env, headers, cwd, envFile } = value;
  const wrong = [
    args !== undefined && !Array.isArray(args) ? 'args' : '',
    cwd !== undefined && typeof cwd !== 'string' ? 'cwd' : '',
    envFile !== undefined && typeof envFile !== 'string' ? 'envFile' : '',
    ...[['env', env] as const, ['headers', headers] as const].map(([name, it]) =>
      it !== undefined && (typeof it !== 'object' || it === null || Array.isArray(it)) ? name : '',
    ),
  ].filter(Boolean);
  const empty = [env, headers].flatMap((it) =>
    typeof it === 'object' && it !== null && !Array.isArray(it)
      ? Object.entries(it).flatMap(([name, one]) => (isPlain(one) || one === null ? [] : [name]))
      : [],
  );
  return [
    ...(wrong.length > 0 ? [said('said.import.wrong_type', { names: shown(wrong) })] : []),
    ...(empty.length > 0 ? [said('said.import.no_text', { names: shown(empty) })] : []),
  ];
}

function shown(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  const first = names.slice(0, MOST_NAMES).map((name) => name.slice(0, 60));
  return more > 0 ? `${first.join(', ')}, … (${names.length})` : first.join(', ');
}
