import { Globe, SquareTerminal } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Server } from '../../../../shared/contract/server';
import { t } from '../../../../shared/messages/language';
import { showInvisible } from '../../../../shared/visible-text';
import { formatBytes, formatNumber, formatProcessor } from '../../../format/number';
import {
  hasForeignError,
  lastErrorOf,
  memoryOf,
  POLICY_MEANINGS,
  POLICY_WORDS,
  processCount,
  processorOf,
} from '../../../format/server-words';
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
    title: t('servers.column.name'),
    cell: ({ name, transport }) => {
      const Icon = transport === 'http' ? Globe : SquareTerminal;
      return (
        <>
          <Icon size={14} aria-hidden className="shrink-0 text-ink-3" />
          <span translate="no" className="truncate font-medium text-ink" title={showInvisible(name)}>
            {showInvisible(name)}
          </span>
        </>
      );
    },
  },
  { id: 'state', title: t('servers.column.state'), cell: (server) => <ServerMark server={server} /> },
  {
    id: 'policy',
    title: t('servers.column.policy'),
    cell: ({ policy }) => (
      <span className="text-ink-2" title={POLICY_MEANINGS[policy]}>
        {POLICY_WORDS[policy]}
      </span>
    ),
  },
  { id: 'sessions', title: t('servers.column.sessions'), cell: ({ sessions_using }) => count(sessions_using) },
  { id: 'processes', title: t('servers.column.processes'), cell: (server) => count(processCount(server)) },
  {
    id: 'memory',
    title: t('servers.column.memory'),
    cell: (server) => {
      const bytes = memoryOf(server);
      return bytes === null ? <span className="text-ink-3">–</span> : formatBytes(bytes);
    },
  },
  {
    id: 'processor',
    title: t('servers.column.processor'),
    cell: (server) => {
      const percent = processorOf(server);
      return percent === null ? (
        <span className="text-ink-3">–</span>
      ) : (
        <span title={t('servers.processor.meaning')}>{formatProcessor(percent)}</span>
      );
    },
  },
  {
    id: 'error',
    title: t('servers.column.error'),
    cell: (server) => {
      const error = lastErrorOf(server);
      return (
        error !== null && (
          <span
            data-any-length
            translate={hasForeignError(server) ? 'no' : undefined}
            className="truncate text-ink-2"
            title={showInvisible(error)}
          >
            {showInvisible(error)}
          </span>
        )
      );
    },
  },
];
