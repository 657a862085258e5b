import type { ReactNode } from 'react';
import { t } from '../../../shared/messages/language';
import { formatBytes } from '../../format/number';
import { useHoldfast } from '../../store/use-holdfast';
import { RichMessage } from '../../ui/rich-message';
import { memoryOfAll } from './server-list';

const strong = (text: ReactNode) => <span className="font-semibold text-ink">{text}</span>;

/** How many servers there are, how many are running, the memory they use, and what sharing saves. */
export function ServersSummary() {
  const servers = useHoldfast((state) => state.servers);
  if (!servers) return <p className="min-h-8" />;
  const { servers: list, rss_saved_bytes: saved } = servers;
  const running = list.filter(({ state }) => state === 'running').length;
  const memory = memoryOfAll(list);
  const values = { count: list.length, running, memory: formatBytes(memory ?? 0), strong };
  return (
    <p className="flex min-h-8 flex-wrap items-center gap-x-4 text-ink-2">
      <span>
        {list.length === 0 ? (
          strong(t('servers.count', { count: 0 }))
        ) : (
          <RichMessage id={memory === null ? 'servers.count_running' : 'servers.count_memory'} values={values} />
        )}
      </span>
      {saved !== null && saved > 0 && (
        <span data-saved title={t('servers.saved_hint')}>
          <RichMessage id="servers.saved" values={{ memory: formatBytes(saved), strong }} />
        </span>
      )}
    </p>
  );
}
