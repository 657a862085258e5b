import type { Server, ServerState } from '../../../shared/contract/server';
import { RelativeTime } from '../../ui/relative-time';
import { RichMessage } from '../../ui/rich-message';

/** States in which somebody would ask what has become of the tools. A server that nobody uses is stopped, too. */
const WONDERED: ReadonlySet<ServerState> = new Set(['untrusted', 'needs_login', 'waiting', 'circuit_open']);

/** That clients still list what a server listed before it was down, and how old that is. */
export function FromMemory({ server: { state, lists } }: { server: Server }) {
  if (!lists?.from_memory || !WONDERED.has(state)) return null;
  return (
    <p className="text-ink-3 text-sm">
      <RichMessage id="servers.from_memory" values={{ time: <RelativeTime at={lists.heard_at} coarse /> }} />
    </p>
  );
}
