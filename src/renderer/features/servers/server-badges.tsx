import type { Server } from '../../../shared/contract/server';
import { t } from '../../../shared/messages/language';
import { Badge } from '../../ui/badge';
import { SharedBadge } from './shared-badge';

/** What is special about a server: its transport, and whether chats share it. */
export function ServerBadges({ server: { older_transport, policy } }: { server: Server }) {
  return (
    <>
      {older_transport && <Badge title={t('servers.older_transport.means')}>{t('server.older_transport')}</Badge>}
      <SharedBadge policy={policy} />
    </>
  );
}
