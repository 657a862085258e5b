import { t } from '../../../shared/messages/language';
import type { Lag } from './use-activity';

/** Says how far the rows are behind what is called, if they are. It lies over the rows, so nothing moves. */
export function LagNote({ lag: { every, behind } }: { lag: Lag }) {
  if (behind === 0 && every === 0) return null;
  return (
    <span className="pointer-events-none absolute end-4 bottom-3 z-20 rounded-md border border-line bg-surface px-2.5 py-1 text-ink-2 text-sm shadow-overlay">
      {behind > 0 ? t('activity.behind', { seconds: behind }) : t('activity.paced', { seconds: every })}
    </span>
  );
}
