import type { Server } from '../../../shared/contract/server';
import { OLDER_TRANSPORT } from '../../../shared/model/server-words';
import { Badge } from '../../ui/badge';
import { SharedBadge } from './shared-badge';

/** What is special about a server: its transport, and whether chats share it. */
export function ServerBadges({ server: { older_transport, policy } }: { server: Server }) {
  return (
    <>
      {older_transport && <Badge title="Uses HTTP+SSE, which MCP replaced in 2025">{OLDER_TRANSPORT}</Badge>}
      <SharedBadge policy={policy} />
    </>
  );
}
