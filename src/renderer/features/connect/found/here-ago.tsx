import { RelativeTime } from '../../../ui/relative-time';
import { RichMessage } from '../../../ui/rich-message';

/** `Cursor was here 3 s ago`, ticking. */
export function HereAgo({ name, at }: { name: string; at: number }) {
  return <RichMessage id="connect.here" values={{ name, ago: <RelativeTime at={at} key="ago" /> }} />;
}
