import { Globe, SquareTerminal } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Server } from '../../../../shared/contract/server';
import { showInvisible } from '../../../../shared/visible-text';
import { formatBytes, formatNumber } from '../../../format/number';
import { lastErrorOf, memoryOf, POLICY_MEANINGS, POLICY_WORDS, processCount } from '../../../format/server-words';
import { ServerMark } from '../../../ui/server-mark';

interface ServerColumn {
  /** Its name in the URL and in `servers.css`. */
  readonly id: string;
  readonly title: string;
  cell(server: Server): ReactNode;
}

const count = (value: number) => <span className={value === 0 ? 'text-ink-3' : 'text-ink'}>{formatNumber(value)}</span>;

/** The columns from left to right. `server-order.ts` says how each is sorted. */
export const SERVER_COLUMNS: readonly ServerColumn[] = [
  {
    id: 'name',
    title: 'Name',
    cell: ({ name, transport }) => {
      const Icon = transport === 'http' ? Globe : SquareTerminal;
      return (
        <>
          <Icon size={14} aria-hidden className="shrink-0 text-ink-3" />
          <span className="truncate font-medium text-ink" title={showInvisible(name)}>
            {showInvisible(name)}
          </span>
        </>
      );
    },
  },
  { id: 'state', title: 'State', cell: (server) => <ServerMark server={server} /> },
  {
    id: 'policy',
    title: 'Policy',
    cell: ({ policy }) => (
      <span className="text-ink-2" title={POLICY_MEANINGS[policy]}>
        {POLICY_WORDS[policy]}
      </span>
    ),
  },
  { id: 'sessions', title: 'Sessions', cell: ({ sessions_using }) => count(sessions_using) },
  { id: 'processes', title: 'Processes', cell: (server) => count(processCount(server)) },
  {
    id: 'memory',
    title: 'Memory',
    cell: (server) => {
      const bytes = memoryOf(server);
      return bytes === null ? <span className="text-ink-3">–</span> : formatBytes(bytes);
    },
  },
  {
    id: 'error',
    title: 'Last error',
    cell: (server) => {
      const error = lastErrorOf(server);
      return (
        error !== null && (
          <span className="truncate text-ink-2" title={showInvisible(error)}>
            {showInvisible(error)}
          </span>
        )
      );
    },
  },
];
