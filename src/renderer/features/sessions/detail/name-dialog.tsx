import { type FormEvent, useEffect, useState } from 'react';
import type { Session } from '../../../../shared/contract/session';
import { t } from '../../../../shared/messages/language';
import { useActions, useHoldfast } from '../../../store/use-holdfast';
import { Button } from '../../../ui/button';
import { Dialog } from '../../../ui/dialog';
import { ErrorNote } from '../../../ui/error-note';
import { Field } from '../../../ui/field';

/** Gives a session a name of the user's own, or takes it away. */
export function NameDialog({ session, open, onClose }: { session: Session; open: boolean; onClose(): void }) {
  const known = useHoldfast((state) => state.sessionNames[session.session_id] ?? '');
  const { nameSession } = useActions();
  const [name, setName] = useState(known);
  const [error, setError] = useState<unknown>(null);

  useEffect(() => {
    if (!open) return;
    setName(known);
    setError(null);
  }, [open, known]);

  const save = async (event: FormEvent) => {
    event.preventDefault();
    try {
      await nameSession(session.session_id, name);
      onClose();
    } catch (failure) {
      setError(failure);
    }
  };

  return (
    <Dialog open={open} onClose={onClose} title={t('session.name.title')} description={t('session.name.text')}>
      <form onSubmit={(event) => void save(event)}>
        {error !== null && <ErrorNote error={error} className="mb-3" />}
        <Field label={t('session.name')} value={name} onChange={setName} maxLength={60} hint={t('session.name.hint')} />
        <div className="mt-3 flex justify-end gap-2">
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button variant="primary" type="submit">
            {t('ui.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
