import { type AlertSettings, alertKindSchema } from '../../../shared/contract/alert';
import { columns } from '../print';

/** What the user is notified about, and when not. */
export function notificationLines({ off, quiet_hours, paused_until, webhook_host }: AlertSettings): string[] {
  const rows = alertKindSchema.options.map((kind) => [kind, off.includes(kind) ? 'off' : 'on']);
  return [
    ...columns([['KIND', 'REPORTED'], ...rows]),
    '',
    ...columns([
      ['Quiet hours', quiet_hours === null ? 'none' : `${quiet_hours.from} to ${quiet_hours.to}`],
      ['Paused', paused_until === null ? 'no' : `until ${localTime(new Date(paused_until))}`],
      ['Webhook', webhook_host ?? 'none'],
    ]),
  ];
}

/** `2026-11-26 14:30`, by the clock on the wall. */
function localTime(at: Date): string {
  const two = (part: number) => String(part).padStart(2, '0');
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-');
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}`;
}
