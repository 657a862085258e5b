import { type ReactNode, useState } from 'react';
import { t } from '../../shared/messages/language';
import { ConfirmDialog } from './dialog';

export interface Leaving {
  /** Leaves a form by `go`: at once if nothing was changed in it, otherwise only after the question. */
  leave(go: () => void): void;
  /** The question. It belongs inside the dialog of the form. */
  readonly question: ReactNode;
}

/**
 * Asks before a form is left with changes, by whichever way.
 * @param effect - what it means to discard them, in one sentence
 */
export function useLeaving(isChanged: boolean, effect: string): Leaving {
  const [asked, setAsked] = useState<{ go(): void } | null>(null);
  return {
    leave: (go) => (isChanged ? setAsked({ go }) : go()),
    question: (
      <ConfirmDialog
        open={asked !== null}
        onClose={() => setAsked(null)}
        title={t('ui.discard')}
        effects={[effect]}
        action={t('ui.discard_do')}
        danger
        onConfirm={async () => asked?.go()}
      />
    ),
  };
}
