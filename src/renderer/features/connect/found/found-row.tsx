import { CircleAlert, CircleCheck, CircleDashed, Hourglass, type LucideIcon } from 'lucide-react';
import { useId } from 'react';
import type { FoundClient, FoundState } from '../../../../shared/contract/connect';
import type { Session } from '../../../../shared/contract/session';
import { t } from '../../../../shared/messages/language';
import { formatShortClock } from '../../../format/time';
import { routeHash } from '../../../store/route';
import { Button } from '../../../ui/button';
import { cx } from '../../../ui/cx';
import { Said } from '../../../ui/said';
import { HereAgo } from './here-ago';
import { IMPORTED_FROM } from './imported-from';
import { isLinked } from './link-dialog';

const MARKS: Readonly<Record<FoundState, readonly [icon: LucideIcon, colour: string]>> = {
  not_found: [CircleDashed, 'text-ink-3'],
  unreadable: [CircleAlert, 'text-danger'],
  not_connected: [CircleDashed, 'text-ink-3'],
  other_key: [CircleAlert, 'text-disconnected'],
  old_key: [CircleAlert, 'text-disconnected'],
  other_address: [CircleAlert, 'text-disconnected'],
  waiting: [Hourglass, 'text-ink-2'],
  connected: [CircleCheck, 'text-active'],
};

export interface FoundRowProps {
  client: FoundClient;
  /** Its latest session here. */
  session: Session | null;
  onAsk(what: 'apply' | 'undo' | 'servers' | 'link'): void;
}

/** One program: its version and file, whether it is connected, and the one thing to do about it. */
export function FoundRow({ client, session, onAsk }: FoundRowProps) {
  const label = useId();
  const { id, name, file, state } = client;
  const [Icon, colour] = MARKS[state];
  const isIn = state !== 'not_connected' && state !== 'unreadable';
  const isDone = state === 'waiting' || state === 'connected';
  return (
    <li
      data-found={id}
      data-state={state}
      aria-labelledby={label}
      className="flex min-h-16 flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2.5"
    >
      <Icon size={20} aria-hidden className={cx('shrink-0', colour)} />
      <div className="min-w-0 flex-1 basis-64">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <span id={label} translate="no" className="font-medium text-ink">
            {name}
          </span>
          {session !== null && session.client_version !== '' && (
            <span translate="no" className="text-ink-3 text-sm">
              {session.client_version}
            </span>
          )}
          <code translate="no" className="min-w-0 break-all font-mono text-ink-3 text-xs">
            {file}
          </code>
        </p>
        <State client={client} session={session} />
      </div>
      <div className="ms-auto flex items-center gap-2">
        {isDone && IMPORTED_FROM.has(id) && (
          <Button aria-label={t('connect.servers.list', { name })} onClick={() => onAsk('servers')}>
            {t('connect.servers.open')}
          </Button>
        )}
        {state !== 'unreadable' && !isDone && (
          <Button variant="primary" aria-label={t('connect.connect_named', { name })} onClick={() => onAsk('apply')}>
            {t(isIn ? 'connect.connect_again' : 'connect.connect')}
          </Button>
        )}
        {state === 'not_connected' && isLinked(id) && (
          <Button aria-label={t('connect.link.named', { name })} onClick={() => onAsk('link')}>
            {t('connect.link')}
          </Button>
        )}
        {(isIn || client.taken.length > 0) && (
          <Button aria-label={t('connect.undo_named', { name })} onClick={() => onAsk('undo')}>
            {t('connect.undo')}
          </Button>
        )}
      </div>
    </li>
  );
}

function State({ client, session }: Pick<FoundRowProps, 'client' | 'session'>) {
  const { id, name, state, problem, last_seen_at, key_ends_at } = client;
  if (state === 'unreadable' && problem !== null) {
    return (
      <p className="break-words text-danger text-sm">
        {t('connect.state.unreadable')}: <Said text={problem} />
      </p>
    );
  }
  if (state === 'connected' && last_seen_at !== null) {
    return (
      <p className="flex flex-wrap gap-x-2 text-ink-2 text-sm">
        <span className="font-medium text-active">{t('connect.state.connected')}</span>
        <span>
          <HereAgo name={name} at={last_seen_at} />
        </span>
        {session !== null && (
          <a
            href={routeHash({ view: 'sessions', id: session.session_id, params: {} })}
            className="rounded font-medium text-accent hover:underline"
          >
            {t('connect.session')}
          </a>
        )}
      </p>
    );
  }
  if (state === 'waiting') {
    return (
      <p className="text-ink-2 text-sm">
        <span className="font-medium text-ink">{t('connect.state.waiting', { name })}.</span> {t(`connect.next.${id}`)}
      </p>
    );
  }
  if (state === 'old_key') {
    return (
      <p className="text-disconnected text-sm">
        {t('connect.state.old_key', { time: formatShortClock(key_ends_at ?? 0) })}
      </p>
    );
  }
  const isWrong = state === 'other_key' || state === 'other_address';
  return state === 'not_found' || state === 'connected' ? null : (
    <p className={cx('text-sm', isWrong ? 'text-disconnected' : 'text-ink-3')}>{t(`connect.state.${state}`)}</p>
  );
}
