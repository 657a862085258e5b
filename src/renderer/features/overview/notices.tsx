import { Info } from 'lucide-react';
import { useHoldfast, useRoute } from '../../store/use-holdfast';

const LINK_LEADS_NOWHERE =
  'The link that was opened leads to no place in Holdfast. A link can open a view, a session or a server.';

/** What the user should know about since Holdfast started, e.g. that a damaged database was replaced. */
export function Notices() {
  const known = useHoldfast((state) => state.app?.notices) ?? [];
  const { params } = useRoute();
  const notices = params.link === 'unknown' ? [LINK_LEADS_NOWHERE, ...known] : known;
  if (notices.length === 0) return null;
  return (
    <ul aria-label="Notices" className="flex flex-col gap-2">
      {notices.map((notice) => (
        <li
          key={notice}
          className="flex items-start gap-2 rounded-lg bg-disconnected-soft px-3 py-2 text-disconnected text-sm"
        >
          <Info size={16} aria-hidden className="mt-0.5 shrink-0" />
          {notice}
        </li>
      ))}
    </ul>
  );
}
