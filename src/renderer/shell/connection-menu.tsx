import { ChevronDown, Pause, RefreshCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { t } from '../../shared/messages/language';
import type { ConnectionState } from '../bridge/bridge';
import { useActions, useConnection, useHoldfast } from '../store/use-holdfast';
import { cx } from '../ui/cx';
import { Menu, MenuItem, MenuNote, MenuSeparator } from '../ui/menu';
import { CONNECTION_WORDS, dataAge, nextTry } from './connection-words';

/** Shapes that differ even without colour: disc, broken ring, clock, cross. */
const SHAPES: Readonly<Record<ConnectionState, ReactNode>> = {
  live: <circle cx="6" cy="6" r="4" fill="currentColor" />,
  reconnecting: (
    <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.75" strokeDasharray="4.5 3.9" />
  ),
  polling: (
    <path
      d="M6 3.2V6l1.8 1.6M10.5 6a4.5 4.5 0 1 1-9 0 4.5 4.5 0 0 1 9 0Z"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
    />
  ),
  offline: (
    <path d="M2.5 2.5l7 7M9.5 2.5l-7 7" fill="none" stroke="currentColor" strokeWidth="1.75" strokeLinecap="round" />
  ),
};

const COLOURS: Readonly<Record<ConnectionState, string>> = {
  live: 'text-active',
  reconnecting: 'text-disconnected',
  polling: 'text-disconnected',
  offline: 'text-danger',
};

/** How fresh the data is, and what to do about it. */
export function ConnectionMenu() {
  const connection = useConnection();
  const { reconnectNow, disconnectStream } = useActions();
  const age = useHoldfast((state) => dataAge(state.connection, state.now));
  const next = useHoldfast((state) => nextTry(state.connection, state.now));
  const word = CONNECTION_WORDS[connection.state];
  return (
    <Menu
      trigger={
        <button
          type="button"
          data-connection={connection.state}
          className="inline-flex h-8 items-center gap-2 whitespace-nowrap rounded-md px-2.5 text-ink-2 text-sm hover:bg-sunken"
        >
          <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" className={COLOURS[connection.state]}>
            {SHAPES[connection.state]}
          </svg>
          <span className="sr-only">{t('connection.label')} </span>
          <span className={cx('font-medium', connection.state !== 'live' && COLOURS[connection.state])}>{word}</span>
          {age && <span className="text-ink-3">{age}</span>}
          <ChevronDown size={14} aria-hidden />
        </button>
      }
    >
      <MenuNote>
        {connection.problem ?? t(connection.state === 'live' ? 'connection.all_well' : 'connection.waiting')} {next}
      </MenuNote>
      <MenuSeparator />
      <MenuItem
        icon={<RefreshCw size={14} aria-hidden />}
        disabled={connection.state === 'live'}
        onClick={reconnectNow}
      >
        {t('connection.reconnect_now')}
      </MenuItem>
      <MenuItem
        icon={<Pause size={14} aria-hidden />}
        disabled={connection.state === 'offline'}
        onClick={disconnectStream}
      >
        {t('connection.pause')}
      </MenuItem>
    </Menu>
  );
}
