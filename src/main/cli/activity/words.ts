import type { Activity, ActivityOutcome } from '../../../shared/contract/activity';

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

const formatMs = (ms: number): string => (ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`);

/** `2026-11-22 21:20:03.120`, in local time. */
function timeOf(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${day} ${time}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}
