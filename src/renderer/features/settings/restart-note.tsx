import { RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { t } from '../../../shared/messages/language';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { Button } from '../../ui/button';
import { ConfirmDialog } from '../../ui/dialog';
import { RichMessage } from '../../ui/rich-message';
import { named } from './named';

/** Which changes wait for the next start, with the offer to start again now. Nothing if none does. */
export function RestartNote() {
  const { restart } = useActions();
  const settings = useHoldfast((state) => state.settings);
  const [asks, setAsks] = useState(false);
  const waiting = settings?.settings.filter(({ pending }) => pending) ?? [];
  if (settings === null || waiting.length === 0) return null;
  const names = waiting.map((setting) => named(setting).label).join(', ');
  return (
    <div
      role="status"
      // Below what scrolls, so that nothing moves; the button on the left, where no toast covers it.
      className="flex items-center gap-3 border-line border-t bg-disconnected-soft px-5 py-2 text-disconnected text-sm"
    >
      {settings.can_restart && (
        <Button size="sm" icon={<RefreshCw size={14} aria-hidden />} onClick={() => setAsks(true)}>
          {t('settings.restart')}
        </Button>
      )}
      <p className="min-w-0 flex-1">
        <RichMessage
          id="settings.after_restart"
          values={{ names, strong: (chunks) => <strong className="font-semibold">{chunks}</strong> }}
        />
        {!settings.can_restart && ` ${t('settings.restart.by_hand')}`}
      </p>
      <ConfirmDialog
        open={asks}
        onClose={() => setAsks(false)}
        title={t('settings.restart.title')}
        effects={[t('settings.restart.sessions'), t('settings.restart.calls'), t('settings.restart.window')]}
        action={t('settings.restart')}
        onConfirm={restart}
      />
    </div>
  );
}
