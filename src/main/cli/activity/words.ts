import type { Activity, ActivityOutcome, Failures } from '../../../shared/contract/activity';
import { columns } from '../print';

const OUTCOMES: Readonly<Record<ActivityOutcome, string>> = {
  ok: 'ok',
  tool_error: 'tool error',
  error: 'error',
  cancelled: 'cancelled',
  lost: 'lost',
  sent: 'sent',
};

/** One message as the cells of a row: when, which way, server, what, how long, outcome, error. */
export function activityRow(row: Activity): string[] {
  const duration = row.duration_ms === null ? '' : `${formatMs(row.duration_ms)}`;
  return [
    timeOf(row.at),
    row.direction === 'to_server' ? '→' : '←',
    row.server ?? 'holdfast',
    row.name === null ? row.method : `${row.method} ${row.name}`,
    duration,
    OUTCOMES[row.outcome],
    row.error?.replace(/\s+/g, ' ') ?? '',
  ];
}

/** The same as one line, for following. */
export const activityLine = (row: Activity): string =>
  activityRow(row)
    .filter((cell) => cell !== '')
    .join('  ');

/** How many failed, and below that each kind: how often, what of which server, how, and when last. */
export function failureLines({ groups, failed, kinds, is_partial }: Failures): string[] {
  if (failed === 0) return ['Nothing failed that fits.'];
  const head = is_partial ? `The newest ${failed} failures` : `${failed} failed`;
  const rows = groups.map(({ count, server, method, name, outcome, pattern, error_code, last_at }) => [
    `${String(count).padStart(String(failed).length)} ×`,
    server ?? 'holdfast',
    name === null ? method : `${method} ${name}`,
    OUTCOMES[outcome],
    [pattern ?? '', error_code === null ? '' : `(${error_code})`].filter(Boolean).join(' '),
    `last ${timeOf(last_at)}`,
  ]);
  const more = kinds - groups.length;
  return [
    `${head}, of ${kinds === 1 ? 'one kind' : `${kinds} kinds`}:`,
    ...columns(rows),
    ...(more > 0 ? [`and ${more} more ${more === 1 ? 'kind' : 'kinds'}; --limit shows more.`] : []),
  ];
}

const formatMs = (ms: number): string => (ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`);

/** `2026-11-22 21:20:03.120`, in local time. */
function timeOf(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${day} ${time}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}
