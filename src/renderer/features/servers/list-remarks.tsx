import { ChevronRight } from 'lucide-react';
import type { Server } from '../../../shared/contract/server';
import { t } from '../../../shared/messages/language';
import { whatWasSaid } from '../../../shared/messages/what-was-said';
import { remarkLine } from '../../../shared/model/server-words';
import { showInvisible } from '../../../shared/visible-text';

/** What is odd about what a server lists, and what clients get instead; collapsed until opened. */
export function ListRemarks({ server: { name, list_remarks } }: { server: Server }) {
  const { shown, more } = list_remarks;
  if (shown.length === 0) return null;
  return (
    <details className="group text-sm">
      <summary className="flex min-h-6 w-fit list-none items-center gap-1 rounded text-ink-2 hover:text-ink">
        <ChevronRight size={14} aria-hidden className="shrink-0 transition-transform group-open:rotate-90" />
        {t('servers.remarks', { count: shown.length + more })}
      </summary>
      <ul
        aria-label={t('servers.remarks_of', { name: showInvisible(name) })}
        className="mt-1.5 flex list-disc flex-col gap-1 break-words ps-5 text-ink-2"
      >
        {shown.map((remark) => {
          const [problem, done] = [remark.problem, remark.done].map((text) => whatWasSaid(text) ?? text) as [
            string,
            string,
          ];
          const line = showInvisible(remarkLine({ ...remark, problem, done }, t));
          return <li key={line}>{line}</li>;
        })}
        {more > 0 && <li>{t('servers.remarks_more', { count: more })}</li>}
      </ul>
    </details>
  );
}
