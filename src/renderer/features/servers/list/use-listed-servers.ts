import { useCallback, useMemo, useRef, useState } from 'react';
import type { Server } from '../../../../shared/contract/server';
import { inKeptOrder, type ServerOrder, serversInOrder, serversMatching } from './server-order';

interface Listed {
  readonly servers: readonly Server[];
  /** The order would be another one by now. */
  readonly isOutdated: boolean;
  sortAgain(): void;
}

/**
 * The listed servers. Their order stays as it is while `held`, so that no row moves under the pointer; another filter or
 * order applies at once.
 */
export function useListedServers(
  all: readonly Server[],
  filter: string,
  { column, desc }: ServerOrder,
  held: boolean,
): Listed {
  const [, setAgain] = useState(0);
  const kept = useRef<{ readonly question: string; readonly names: readonly string[] }>({ question: '', names: [] });
  const question = JSON.stringify([filter, column, desc]);
  const fresh = useMemo(
    () => serversInOrder(serversMatching(all, filter), { column, desc }),
    [all, filter, column, desc],
  );
  const isKept = held && kept.current.question === question;
  const servers = isKept ? inKeptOrder(fresh, kept.current.names) : fresh;
  kept.current = { question, names: servers.map(({ name }) => name) };
  const sortAgain = useCallback(() => {
    kept.current = { question: '', names: [] };
    setAgain((before) => before + 1);
  }, []);
  return { servers, isOutdated: servers.some(({ name }, index) => name !== fresh[index]?.name), sortAgain };
}
