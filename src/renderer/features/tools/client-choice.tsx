import { t } from '../../../shared/messages/language';
import { showInvisible } from '../../../shared/visible-text';
import { useHoldfast } from '../../store/use-holdfast';
import { cx } from '../../ui/cx';
import { INPUT } from '../../ui/field';

/** Chooses whom a change is for: all clients, or one. Shown only if there is a client. */
export function ClientChoice({ value, onChange }: { value: string | null; onChange(clientId: string | null): void }) {
  const clients = useHoldfast((state) => state.clients);
  if (!clients || clients.length === 0) return null;
  return (
    <label className="flex min-w-0 items-center gap-2 text-ink-2 text-sm">
      <span className="shrink-0">{t('tools.shown_to')}</span>
      <select
        value={value ?? ''}
        onChange={(event) => onChange(event.target.value || null)}
        className={cx(INPUT, 'h-7 w-auto text-ellipsis text-sm')}
      >
        <option value="">{t('tools.all_clients')}</option>
        {clients.map(({ client_id, name }) => (
          <option key={client_id} value={client_id} translate="no">
            {showInvisible(name)}
          </option>
        ))}
      </select>
    </label>
  );
}
