import type { ClientType } from '../../../shared/contract/client';
import { t } from '../../../shared/messages/language';
import { clientTypeWord } from '../../format/words';
import { RadioCard } from '../../ui/radio-card';

/** In the order they are offered; the catch-all comes last. */
const TYPES: readonly ClientType[] = ['claude-code', 'claude-desktop', 'cursor', 'vscode', 'codex', 'gemini', 'other'];

export const typeWord = (type: ClientType): string =>
  type === 'other' ? t('connect.type.other') : clientTypeWord(type);

/** Chooses the kind of client. */
export function TypeChoice({ value, onChange }: { value: ClientType; onChange(type: ClientType): void }) {
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 font-medium text-ink text-sm">{t('connect.type')}</legend>
      <div className="grid grid-cols-2 gap-2 min-[700px]:grid-cols-3">
        {TYPES.map((type) => (
          <RadioCard
            key={type}
            name="client-type"
            value={type}
            checked={type === value}
            onChoose={() => onChange(type)}
          >
            {type === 'other' ? typeWord(type) : <span translate="no">{typeWord(type)}</span>}
          </RadioCard>
        ))}
      </div>
    </fieldset>
  );
}
