import { Info } from 'lucide-react';
import { t } from '../../../shared/messages/language';
import { useHoldfast, useRoute } from '../../store/use-holdfast';
import { Said } from '../../ui/said';

/** What the user should know about since Holdfast started, e.g. that a damaged database was replaced. */
export function Notices() {
  const known = useHoldfast((state) => state.app?.notices) ?? [];
  const { params } = useRoute();
  const notices = params.link === 'unknown' ? [t('overview.notice.link'), ...known] : known;
  if (notices.length === 0) return null;
  return (
    <ul aria-label={t('overview.notices')} className="flex flex-col gap-2">
      {notices.map((notice) => (
        <li
          key={notice}
          className="flex items-start gap-2 rounded-lg bg-disconnected-soft px-3 py-2 text-disconnected text-sm"
        >
          <Info size={16} aria-hidden className="mt-0.5 shrink-0" />
          <Said text={notice} />
        </li>
      ))}
    </ul>
  );
}
