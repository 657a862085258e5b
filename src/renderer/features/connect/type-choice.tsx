import type { ClientType } from '../../../shared/contract/client';
import { t } from '../../../shared/messages/language';
import { clientTypeWord } from '../../format/words';
import { cx } from '../../ui/cx';

/** In the order they are offered; the catch-all comes last. */
const TYPES: readonly ClientType[] = ['claude-code', 'claude-desktop', 'cursor', 'vscode', 'codex', 'gemini', 'other'];

export const typeWord = (type: ClientType): string =>
  type === 'other' ? t('connect.type.other') : clientTypeWord(type);

/** Chooses the kind of client. Native radio buttons: arrow keys move, and screen readers know them. */
export function TypeChoice({ value, onChange }: { value: ClientType; onChange(type: ClientType): void }) {
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 font-medium text-ink text-sm">{t('connect.type')}</legend>
      <div className="grid grid-cols-2 gap-2 min-[700px]:grid-cols-3">
        {TYPES.map((type) => (
          <label
            key={type}
            className={cx(
              'flex h-10 items-center gap-2.5 rounded-md border px-3 font-medium transition-colors',
              'has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-focus has-[:focus-visible]:outline-offset-2',
              type === value ? 'border-accent bg-selected text-ink' : 'border-line text-ink-2 hover:bg-hover',
            )}
          >
            <input
              type="radio"
              name="client-type"
              value={type}
              checked={type === value}
              onChange={() => onChange(type)}
              className="size-4 accent-[var(--accent)] outline-none"
            />
            {type === 'other' ? typeWord(type) : <span translate="no">{typeWord(type)}</span>}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
