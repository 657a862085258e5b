import { Toast } from '@base-ui/react/toast';
import { X } from 'lucide-react';
import { t } from '../../shared/messages/language';
import { IconButton } from './button';
import { errorSentence } from './error-note';

const manager = Toast.createToastManager();
/** Long enough to read and to undo. */
const SHOWN_MS = 8_000;

export interface ToastMessage {
  title: string;
  detail?: string;
  /** Offers to undo it; runs once, and the toast closes. */
  undo?: () => void;
}

/** Says in the corner that something was done. */
export function toast({ title, detail, undo }: ToastMessage): void {
  const id = manager.add({
    title,
    description: detail,
    timeout: SHOWN_MS,
    ...(undo && {
      actionProps: {
        children: t('ui.undo'),
        onClick: () => {
          undo();
          manager.close(id);
        },
      },
    }),
  });
}

/** Says in the corner that something failed which has no place of its own on the screen. */
export function toastError(title: string, error: unknown): void {
  manager.add({ title, description: errorSentence(error), type: 'error', priority: 'high', timeout: SHOWN_MS });
}

/** Where toasts appear; once per window. */
export function Toaster() {
  return (
    <Toast.Provider toastManager={manager} limit={3}>
      <Toast.Portal>
        <Toast.Viewport
          data-toasts
          aria-label={t('notifications.toasts')}
          className="fixed end-4 bottom-4 z-50 flex w-80 flex-col gap-2"
        >
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function ToastList() {
  const { toasts } = Toast.useToastManager();
  return toasts.map((item) => (
    <Toast.Root
      key={item.id}
      toast={item}
      className="overlay-motion rounded-lg border border-line bg-surface p-3 text-ink shadow-overlay data-[limited]:hidden data-[type=error]:border-danger"
    >
      <Toast.Content className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <Toast.Title className="font-medium text-sm" />
          <Toast.Description className="break-words text-ink-2 text-sm" />
        </div>
        <Toast.Action className="h-7 shrink-0 rounded px-2 font-medium text-accent text-sm hover:bg-sunken" />
        <Toast.Close
          render={
            <IconButton label={t('ui.dismiss')} className="-mt-0.5 -me-1">
              <X size={14} aria-hidden />
            </IconButton>
          }
        />
      </Toast.Content>
    </Toast.Root>
  ));
}
