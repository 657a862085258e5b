import type { ServerPolicy } from '../../../../shared/contract/server';
import { t } from '../../../../shared/messages/language';
import { POLICY_MEANINGS, POLICY_WORDS } from '../../../format/server-words';
import { cx } from '../../../ui/cx';

const POLICIES: readonly ServerPolicy[] = ['per-session', 'shared', 'lazy'];

/** Chooses which process serves which session. Native radio buttons: arrow keys move, and screen readers know them. */
export function PolicyChoice({ value, onChange }: { value: ServerPolicy; onChange(policy: ServerPolicy): void }) {
  return (
    <fieldset className="flex min-w-0 flex-col gap-1.5">
      <legend className="mb-1.5 font-medium text-ink text-sm">{t('server_form.policy')}</legend>
      {POLICIES.map((policy) => (
        <label
          key={policy}
          className={cx(
            'flex items-start gap-2.5 rounded-md border px-3 py-2 transition-colors',
            'has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-focus has-[:focus-visible]:outline-offset-2',
            policy === value ? 'border-accent bg-selected' : 'border-line hover:bg-hover',
          )}
        >
          <input
            type="radio"
            name="server-policy"
            value={policy}
            checked={policy === value}
            onChange={() => onChange(policy)}
            className="mt-[3px] size-4 shrink-0 accent-[var(--accent)] outline-none"
          />
          <span className="min-w-0">
            <span className="font-medium text-ink">{POLICY_WORDS[policy]}</span>{' '}
            <span className="text-ink-2 text-sm">{POLICY_MEANINGS[policy]}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
