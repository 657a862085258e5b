import { t } from '../../shared/messages/language';
import { MINUTE } from '../../shared/model/units';
import { formatAgo, formatDateTime } from '../format/time';
import { useHoldfast } from '../store/use-holdfast';

export interface RelativeTimeProps {
  at: number;
  /** `< 1 min ago` for everything within the last minute, where seconds would only flicker. */
  coarse?: boolean;
  className?: string;
}

/** `12 s ago`, ticking with the shared clock; the exact time is its tooltip. Renders again only when its text changes. */
export function RelativeTime({ at, coarse, className }: RelativeTimeProps) {
  const text = useHoldfast(({ now }) => (coarse && now - at < MINUTE ? t('time.last_minute') : formatAgo(at, now)));
  return (
    <time dateTime={new Date(at).toISOString()} title={formatDateTime(at)} className={className}>
      {text}
    </time>
  );
}
