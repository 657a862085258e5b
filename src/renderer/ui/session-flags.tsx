import { Activity, CloudOff } from 'lucide-react';
import type { Session } from '../../shared/contract/session';
import { isFlapping } from '../../shared/model/evolve';
import { useHoldfast } from '../store/use-holdfast';
import { Badge } from './badge';

/** The badges shown beside a session's status: flapping (judged now), degraded, probe. */
export function SessionFlags({ session }: { session: Session }) {
  const flapping = useHoldfast((state) => isFlapping(session, state.now));
  return (
    <>
      {flapping && (
        <Badge tone="bad" icon={<Activity size={12} aria-hidden />} title="5 or more reconnects within 10 minutes">
          <span className="flag-word">Flapping</span>
        </Badge>
      )}
      {session.degraded && (
        <Badge tone="warn" icon={<CloudOff size={12} aria-hidden />} title="Calls work, but the push stream is lost">
          <span className="flag-word">Degraded</span>
        </Badge>
      )}
      {session.probe && <Badge title="Connected but never used; not counted">Probe</Badge>}
    </>
  );
}
