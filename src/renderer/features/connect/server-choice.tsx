import { t } from '../../../shared/messages/language';
import { useHoldfast } from '../../store/use-holdfast';
import { cx } from '../../ui/cx';
import { INPUT } from '../../ui/field';

/** Chooses between all servers at one address and a single one at its own. Shown only if there is a choice. */
export function ServerChoice({ value, onChange }: { value: string | null; onChange(server: string | null): void }) {
  const servers = useHoldfast((state) => state.servers?.servers);
  const names =
    servers?.filter(({ state }) => state !== 'broken' && state !== 'disabled').map(({ name }) => name) ?? [];
  if (names.length === 0) return null;
  return (
    <label className="flex items-center gap-2 text-ink-2 text-sm">
      {t('connect.reaches')}
      <select
        value={value ?? ''}
        onChange={(event) => onChange(event.target.value || null)}
        className={cx(INPUT, 'w-auto text-sm')}
      >
        <option value="">{t('connect.reaches.all')}</option>
        {names.map((name) => (
          <option key={name} value={name}>
            {t('connect.reaches.one', { name })}
          </option>
        ))}
      </select>
    </label>
  );
}
