import { ChevronRight } from 'lucide-react';
import { t } from '../../../../shared/messages/language';
import { showInvisible } from '../../../../shared/visible-text';

/** So many are read at a glance; more are folded. */
export const SCOPES_INLINE = 4;

/** Scopes of a login, folded when there are many. */
export function ScopeList({ scopes, label }: { scopes: readonly string[]; label: string }) {
  if (scopes.length <= SCOPES_INLINE) {
    return (
      <span translate="no" className="break-words font-mono text-xs leading-5">
        {scopes.map(showInvisible).join(', ')}
      </span>
    );
  }
  return (
    <details className="group">
      <summary className="flex min-h-6 w-fit list-none items-center gap-1 rounded text-ink-2 hover:text-ink">
        <ChevronRight size={14} aria-hidden className="shrink-0 transition-transform group-open:rotate-90" />
        {t('login.scopes', { count: scopes.length })}
      </summary>
      <ul aria-label={label} className="mt-1 flex flex-col gap-0.5 break-words ps-5 font-mono text-xs leading-5">
        {scopes.map((scope) => (
          <li key={scope} translate="no">
            {showInvisible(scope)}
          </li>
        ))}
      </ul>
    </details>
  );
}
