import { t } from '../../../shared/messages/language';
import { showInvisible } from '../../../shared/visible-text';
import { Dialog } from '../../ui/dialog';
import { ServerTools } from './detail/server-tools';

/** What a server listed last, and who sees which of it, above the cards. */
export function ToolsDialog({ name, onClose }: { name: string; onClose(): void }) {
  return (
    <Dialog open wide onClose={onClose} title={t('tools.dialog', { server: showInvisible(name) })}>
      <div className="min-h-[50vh]">
        <ServerTools name={name} />
      </div>
    </Dialog>
  );
}
