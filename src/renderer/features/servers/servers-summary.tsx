import { formatBytes, formatCount, formatNumber } from '../../format/number';
import { useHoldfast } from '../../store/use-holdfast';
import { memoryOfAll } from './server-list';

/** How many servers there are, how many are running, the memory they use, and what sharing saves. */
export function ServersSummary() {
  const servers = useHoldfast((state) => state.servers);
  if (!servers) return <p className="min-h-8" />;
  const { servers: list, rss_saved_bytes: saved } = servers;
  const running = list.filter(({ state }) => state === 'running').length;
  const memory = memoryOfAll(list);
  const parts = [
    formatCount(list.length, 'server'),
    list.length > 0 && `${formatNumber(running)} running`,
    memory !== null && `${formatBytes(memory)} of memory`,
  ].filter((part) => part !== false);
  return (
    <p className="flex min-h-8 flex-wrap items-center gap-x-4 text-ink-2">
      <span>
        <span className="font-semibold text-ink">{parts[0]}</span>
        {parts.length > 1 && `, ${parts.slice(1).join(', ')}`}
      </span>
      {saved !== null && saved > 0 && (
        <span data-saved title="Estimated from what one process of each shared server uses">
          Sharing saves about <span className="font-semibold text-ink">{formatBytes(saved)}</span>
        </span>
      )}
    </p>
  );
}
