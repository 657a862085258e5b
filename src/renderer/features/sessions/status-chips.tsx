import { Toggle } from '@base-ui/react/toggle';
import type { SessionStatus, StatusBreakdown } from '../../../shared/contract/session';
import { t } from '../../../shared/messages/language';
import { formatNumber } from '../../format/number';
import { STATUS_WORDS } from '../../format/words';
import { StatusShape } from '../../ui/status-mark';

const ORDER: readonly SessionStatus[] = ['active', 'idle', 'disconnected', 'expired', 'closed'];

export interface StatusChipsProps {
  counts: StatusBreakdown;
  chosen: ReadonlySet<SessionStatus>;
  onToggle(status: SessionStatus): void;
}

/** One chip per status with the number of matches; pressing it writes the status into the query box. */
export function StatusChips({ counts, chosen, onToggle }: StatusChipsProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a border and a legend of its own
    <div role="group" aria-label={t('sessions.statuses')} className="flex flex-wrap gap-1 min-[1000px]:gap-1.5">
      {ORDER.map((status) => (
        <Toggle
          key={status}
          pressed={chosen.has(status)}
          onPressedChange={() => onToggle(status)}
          className="inline-flex h-7 items-center gap-1.5 whitespace-nowrap rounded-full border border-line bg-surface px-1.5 text-ink-2 text-xs min-[1000px]:px-2 min-[1200px]:px-2.5 min-[1200px]:text-sm hover:bg-hover data-[pressed]:border-accent data-[pressed]:bg-selected data-[pressed]:text-ink"
        >
          <StatusShape status={status} />
          {STATUS_WORDS[status]}
          <span className="text-ink-3">{formatNumber(counts[status])}</span>
        </Toggle>
      ))}
    </div>
  );
}
