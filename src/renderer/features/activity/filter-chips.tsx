import { X } from 'lucide-react';
import { t } from '../../../shared/messages/language';
import { shortId } from '../../../shared/model/ids';
import { visible } from '../../../shared/visible-text';
import { sessionName, sessionPlace } from '../../format/words';
import { useHoldfast } from '../../store/use-holdfast';
import { IconButton } from '../../ui/button';

interface FilterChipsProps {
  /** Id of the only session that is shown; empty for all. */
  session: string;
  /** Name of the only server that is shown; empty for all. */
  server: string;
  onClear(params: Record<string, string>): void;
}

/** To which session and server the table is limited, each with a way out. */
export function FilterChips({ session, server, onClear }: FilterChipsProps) {
  const known = useHoldfast((state) => state.sessions.get(session));
  const name = useHoldfast((state) => state.sessionNames[session]);
  const place = known ? `${sessionPlace(known, name).main} · ${sessionName(known)}` : shortId(session);
  return (
    <>
      {session !== '' && (
        <Chip what={t('activity.column.session')} value={place} onClear={() => onClear({ session: '' })} />
      )}
      {server !== '' && (
        <Chip what={t('activity.column.server')} value={server} onClear={() => onClear({ server: '' })} />
      )}
    </>
  );
}

function Chip({ what, value, onClear }: { what: string; value: string; onClear(): void }) {
  return (
    <span className="flex h-7 min-w-0 max-w-72 items-center gap-1 rounded-full border border-line bg-surface pl-3 text-sm">
      <span className="text-ink-3">{what}</span>
      <span translate="no" className="truncate text-ink">
        {visible(value)}
      </span>
      <IconButton label={t('activity.filter.all', { what })} onClick={onClear}>
        <X size={14} aria-hidden />
      </IconButton>
    </span>
  );
}
