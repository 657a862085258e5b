import { Activity, CloudOff, Pin, Users } from 'lucide-react';
import type { Session } from '../../shared/contract/session';
import { t } from '../../shared/messages/language';
import { isFlapping } from '../../shared/model/evolve';
import { hasEnded } from '../../shared/model/session';
import { useHoldfast } from '../store/use-holdfast';
import { Badge } from './badge';

/** The badges shown beside a session's status: pinned, shared, flapping (judged now), degraded, probe. */
export function SessionFlags({ session }: { session: Session }) {
  const flapping = useHoldfast((state) => isFlapping(session, state.now));
  return (
    <>
      {session.pinned && (
        <Badge icon={<Pin size={12} aria-hidden />} title={t('words.flag.pinned.meaning')}>
          <span className="flag-word">{t('words.flag.pinned')}</span>
        </Badge>
      )}
      {session.sharing && !hasEnded(session.status) && (
        <Badge
          icon={<Users size={12} aria-hidden />}
          title={t('words.flag.shared.meaning', { client: session.sharing.client_name })}
        >
          <span className="flag-word">{t('words.flag.shared')}</span>
        </Badge>
      )}
      {flapping && (
        <Badge tone="bad" icon={<Activity size={12} aria-hidden />} title={t('words.flag.flapping.meaning')}>
          <span className="flag-word">{t('words.flag.flapping')}</span>
        </Badge>
      )}
      {session.degraded && (
        <Badge tone="warn" icon={<CloudOff size={12} aria-hidden />} title={t('words.flag.degraded.meaning')}>
          <span className="flag-word">{t('words.flag.degraded')}</span>
        </Badge>
      )}
      {session.probe && <Badge title={t('words.flag.probe.meaning')}>{t('words.flag.probe')}</Badge>}
    </>
  );
}
