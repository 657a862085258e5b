import {
  ArrowLeft,
  ArrowRight,
  CircleCheck,
  CircleHelp,
  CircleSlash,
  CircleX,
  type LucideIcon,
  OctagonAlert,
} from 'lucide-react';
import type { Activity, ActivityOutcome } from '../../../shared/contract/activity';
import { t } from '../../../shared/messages/language';
import { cx } from '../../ui/cx';

/** Shape and colour of each outcome. */
export const OUTCOME_LOOKS: Readonly<Record<ActivityOutcome, readonly [Icon: LucideIcon, colour: string]>> = {
  ok: [CircleCheck, 'text-active'],
  tool_error: [CircleX, 'text-danger'],
  error: [OctagonAlert, 'text-danger'],
  lost: [CircleHelp, 'text-disconnected'],
  cancelled: [CircleSlash, 'text-ink-3'],
  sent: [ArrowRight, 'text-ink-3'],
};

/** How a message ended: shape, word and colour. */
export function OutcomeMark({ row: { outcome, direction } }: { row: Activity }) {
  const [Usual, colour] = OUTCOME_LOOKS[outcome];
  const Icon = outcome === 'sent' && direction === 'to_client' ? ArrowLeft : Usual;
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <Icon size={14} aria-hidden className={cx('shrink-0', colour)} />
      <span className="truncate">{t(`activity.outcome.${outcome}`)}</span>
    </span>
  );
}
