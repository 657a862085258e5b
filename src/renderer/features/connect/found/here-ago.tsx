import { t } from '../../../../shared/messages/language';
import { formatAgo } from '../../../format/time';
import { useHoldfast } from '../../../store/use-holdfast';
import { RelativeTime } from '../../../ui/relative-time';
import { RichMessage } from '../../../ui/rich-message';

/** `Cursor was here 3 s ago`, ticking; `Cursor is here now` for the last moments. */
export function HereAgo({ name, at }: { name: string; at: number }) {
  const isNow = useHoldfast(({ now }) => formatAgo(at, now) === t('time.now'));
  if (isNow) return t('connect.here_now', { name });
  return <RichMessage id="connect.here" values={{ name, ago: <RelativeTime at={at} key="ago" /> }} />;
}
