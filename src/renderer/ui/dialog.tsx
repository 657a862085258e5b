import { AlertDialog } from '@base-ui/react/alert-dialog';
import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import { t } from '../../shared/messages/language';
import { Button, IconButton } from './button';
import { cx } from './cx';
import { ErrorNote } from './error-note';
import { useFocusBack } from './use-focus-back';

const BACKDROP = 'fixed inset-0 z-40 bg-backdrop transition-opacity duration-100 data-[ending-style]:opacity-0';
const PANEL = cx(
  'overlay-motion pointer-events-auto flex max-h-[calc(100vh-4rem)] w-full flex-col rounded-xl border border-line',
  'bg-surface text-ink shadow-overlay outline-none',
);
const PLACE = 'pointer-events-none fixed inset-0 z-40 flex items-center justify-center p-8';

export interface DialogProps {
  open: boolean;
  /** Called on Esc, the close button and a click outside the dialog. */
  onClose(): void;
  title: ReactNode;
  /** Shown under the title and read out with it. */
  description?: ReactNode;
  wide?: boolean | 'very';
  /** Buttons that stay in sight while the rest scrolls. */
  footer?: ReactNode;
  children: ReactNode;
}

/**
 * A modal dialog; focus stays inside and goes back to where it was, or near it. It starts in the first field, otherwise on the dialog
 * itself: on a switch far below it would hide what stands above, and on the close button it would open the tooltip, which swallows
 * the first Esc.
 */
export function Dialog({ open, onClose, title, description, wide, footer, children }: DialogProps) {
  useFocusBack(open);
  const popup = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const start = () =>
    body.current?.querySelector<HTMLElement>('input:not(:disabled, [type="checkbox"])') ?? popup.current;
  return (
    <BaseDialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className={BACKDROP} />
        <BaseDialog.Viewport className={PLACE}>
          <BaseDialog.Popup
            data-dialog
            ref={popup}
            initialFocus={start}
            className={cx(PANEL, wide === 'very' ? 'max-w-4xl' : wide ? 'max-w-2xl' : 'max-w-lg')}
          >
            <div className="scroll-area min-h-0 flex-1 p-5">
              <div className="flex items-start justify-between gap-4">
                <BaseDialog.Title className="min-w-0 break-words font-semibold text-ink text-lg">
                  {title}
                </BaseDialog.Title>
                <BaseDialog.Close
                  render={
                    <IconButton label={t('ui.close')} className="-mt-0.5 -me-1.5">
                      <X size={16} aria-hidden />
                    </IconButton>
                  }
                />
              </div>
              {description && (
                <BaseDialog.Description className="mt-1 text-ink-2" render={<div />}>
                  {description}
                </BaseDialog.Description>
              )}
              <div ref={body} className="mt-4">
                {children}
              </div>
            </div>
            {footer && (
              <div className="flex flex-wrap items-center justify-end gap-2 border-line border-t px-5 py-3">
                {footer}
              </div>
            )}
          </BaseDialog.Popup>
        </BaseDialog.Viewport>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}

export interface ConfirmDialogProps {
  open: boolean;
  onClose(): void;
  /** A question that names the thing: `End the session of Cursor?` */
  title: ReactNode;
  /** What happens, one effect per line. */
  effects: readonly ReactNode[];
  /** The verb on the button. */
  action: string;
  danger?: boolean;
  /** The dialog stays open with the error when it rejects and closes when it fulfils. */
  onConfirm(): Promise<unknown>;
}

/** Asks before something that cannot be undone. Cancel has the focus. */
export function ConfirmDialog({ open, onClose, title, effects, action, danger, onConfirm }: ConfirmDialogProps) {
  useFocusBack(open);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const close = () => {
    setError(null);
    onClose();
  };
  const confirm = async () => {
    setBusy(true);
    setError(null);
    try {
      await onConfirm();
      close();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <AlertDialog.Root open={open} onOpenChange={(next) => !next && close()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={BACKDROP} />
        <AlertDialog.Viewport className={PLACE}>
          <AlertDialog.Popup className={cx(PANEL, 'scroll-area max-w-md p-5')}>
            <AlertDialog.Title className="break-words font-semibold text-ink text-lg">{title}</AlertDialog.Title>
            <AlertDialog.Description className="mt-2 text-ink-2" render={<div />}>
              <ul className="list-disc space-y-1 ps-5">
                {effects.map((effect, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the list is fixed while the dialog is open
                  <li key={index}>{effect}</li>
                ))}
              </ul>
            </AlertDialog.Description>
            {error !== null && <ErrorNote error={error} className="mt-3" />}
            <div className="mt-5 flex justify-end gap-2">
              <AlertDialog.Close render={<Button>{t('ui.cancel')}</Button>} />
              <Button variant={danger ? 'danger' : 'primary'} disabled={busy} onClick={() => void confirm()}>
                {action}
              </Button>
            </div>
          </AlertDialog.Popup>
        </AlertDialog.Viewport>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
