import { t } from '../../../shared/messages/language';
import { cx } from '../../ui/cx';
import { INPUT } from '../../ui/field';

/** Filters a list of tools; Esc clears it first. */
export function ItemFilter({ value, onChange }: { value: string; onChange(value: string): void }) {
  return (
    <input
      type="search"
      aria-label={t('tools.filter')}
      placeholder={t('tools.filter')}
      autoComplete="off"
      spellCheck={false}
      maxLength={200}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || value === '') return;
        onChange('');
        event.preventDefault();
        event.stopPropagation();
      }}
      className={cx(INPUT, 'h-7 text-sm')}
    />
  );
}
