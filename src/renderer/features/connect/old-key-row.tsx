import type { Client } from '../../../shared/contract/client';
import { t } from '../../../shared/messages/language';
import { formatShortClock } from '../../format/time';
import { useActions } from '../../store/use-holdfast';
import { Button } from '../../ui/button';
import { RelativeTime } from '../../ui/relative-time';
import { RichMessage } from '../../ui/rich-message';
import { Td, Tr } from '../../ui/table';
import { toastError } from '../../ui/toast';

/** Below a client whose key was renewed: until when the old key works, whether somebody still uses it, and how to end it. */
export function OldKeyRow({ client: { client_id, name, old_key }, columns }: { client: Client; columns: number }) {
  const { endOldKey } = useActions();
  if (old_key === null) return null;
  const end = async () => {
    try {
      await endOldKey(client_id);
    } catch (error) {
      toastError(t('connect.old_key.failed', { name }), error);
    }
  };
  return (
    <Tr data-old-key={client_id}>
      <Td colSpan={columns} className="text-ink-2">
        <span className="flex min-h-9 flex-wrap items-center gap-x-3 gap-y-1">
          <span className="font-medium text-ink">
            {t('connect.old_key.until', { name, time: formatShortClock(old_key.valid_until) })}
          </span>
          <span>
            {old_key.last_used_at === null ? (
              t('connect.old_key.unused')
            ) : (
              <RichMessage
                id="connect.old_key.used"
                values={{ ago: <RelativeTime key="ago" at={old_key.last_used_at} /> }}
              />
            )}
          </span>
          <Button className="ms-auto" aria-label={t('connect.old_key.end_named', { name })} onClick={() => void end()}>
            {t('connect.old_key.end')}
          </Button>
        </span>
      </Td>
    </Tr>
  );
}
