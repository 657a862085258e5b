import { RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { Button } from '../../ui/button';
import { ConfirmDialog } from '../../ui/dialog';
import { RichMessage } from '../../ui/rich-message';

/** Which changes wait for the next start, with the offer to start again now. Nothing if none does. */
export function RestartNote() {
  const { restart } = useActions();
  const settings = useHoldfast((state) => state.settings);
  const [asks, setAsks] = useState(false);
  const waiting = settings?.settings.filter(({ pending }) => pending) ?? [];
  if (settings === null || waiting.length === 0) return null;
  const names = waiting.map(({ label }) => label).join(', ');
  return (
    <div
      role="status"
      // Below what scrolls, so that nothing moves; the button on the left, where no toast covers it.
      className="flex items-center gap-3 border-line border-t bg-disconnected-soft px-5 py-2 text-disconnected text-sm"
    >
      {settings.can_restart && (
        <Button size="sm" icon={<RefreshCw size={14} aria-hidden />} onClick={() => setAsks(true)}>
          Restart Holdfast
        </Button>
      )}
      <p className="min-w-0 flex-1">
        <RichMessage
          id="settings.after_restart"
          values={{ names, strong: (chunks) => <strong className="font-semibold">{chunks}</strong> }}
        />
        {!settings.can_restart && ' Quit Holdfast and start it again; without a window it cannot do so itself.'}
      </p>
      <ConfirmDialog
        open={asks}
        onClose={() => setAsks(false)}
        title="Restart Holdfast?"
        effects={[
          'Sessions stay, and servers go on running.',
          'Calls in progress are waited for, up to 1.5 s. Slow ones get their answers after the restart.',
          'The window closes and comes back.',
        ]}
        action="Restart Holdfast"
        onConfirm={restart}
      />
    </div>
  );
}
