import { formatAgo, formatDateTime } from '../format/time';
import { useHoldfast } from '../store/use-holdfast';

/** `12 s ago`, ticking with the shared clock; the exact time is its tooltip. Draws anew only when its text changes. */
export function RelativeTime({ at, className }: { at: number; className?: string }) {
  const text = useHoldfast((state) => formatAgo(at, state.now));
  return (
    <time dateTime={new Date(at).toISOString()} title={formatDateTime(at)} className={className}>
      {text}
    </time>
  );
}
