import { Users } from 'lucide-react';
import type { ServerPolicy } from '../../../shared/contract/server';
import { t } from '../../../shared/messages/language';
import { POLICY_MEANINGS, POLICY_WORDS } from '../../format/server-words';
import { Badge } from '../../ui/badge';

/** Warns where one chat can see what another left behind; shows nothing where each has its own process. */
export function SharedBadge({ policy }: { policy: ServerPolicy }) {
  if (policy === 'per-session') return null;
  return (
    <Badge
      tone={policy === 'shared' ? 'warn' : 'neutral'}
      icon={<Users size={12} aria-hidden />}
      title={POLICY_MEANINGS[policy]}
    >
      {policy === 'shared' ? t('servers.shared_badge') : POLICY_WORDS.lazy}
    </Badge>
  );
}
