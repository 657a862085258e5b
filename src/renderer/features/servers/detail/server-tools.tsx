import { useCallback, useState } from 'react';
import type { ListedTools } from '../../../../shared/contract/server';
import { t } from '../../../../shared/messages/language';
import { MINUTE, SECOND } from '../../../../shared/model/units';
import { showInvisible } from '../../../../shared/visible-text';
import { useActions } from '../../../store/use-holdfast';
import { type Pace, useRefresh } from '../../../store/use-refresh';
import { cx } from '../../../ui/cx';
import { ErrorNote } from '../../../ui/error-note';
import { INPUT } from '../../../ui/field';
import { RelativeTime } from '../../../ui/relative-time';
import { RichMessage } from '../../../ui/rich-message';

const PACE: Pace = { afterEvents: SECOND, anyway: MINUTE / 2, isNews: ({ kind }) => kind.startsWith('server_') };
/** So many are found at a glance; more can be filtered. */
const FEW = 5;

/** The tools that a server listed last, read without starting it. */
export function ServerTools({ name }: { name: string }) {
  const { loadTools } = useActions();
  const [listed, setListed] = useState<ListedTools | null>(null);
  const load = useCallback(async () => setListed(await loadTools(name)), [loadTools, name]);
  const error = useRefresh(load, PACE);
  const count = listed === null || listed.listed_at === null ? null : listed.tools.length + listed.more;
  return (
    <section aria-label={t('servers.tools')} className="flex flex-col gap-2">
      <h3 className="flex items-baseline justify-between gap-3 font-semibold text-ink">
        <span>{count === null ? t('servers.tools') : t('servers.tools_count', { count })}</span>
        {listed?.listed_at != null && (
          <span className="font-normal text-ink-3 text-sm">
            <RichMessage id="servers.tools_listed" values={{ time: <RelativeTime at={listed.listed_at} coarse /> }} />
          </span>
        )}
      </h3>
      {error !== null && <ErrorNote error={error} />}
      {listed?.listed_at === null && <p className="text-ink-3 text-sm">{t('servers.tools_unknown')}</p>}
      {count === 0 && <p className="text-ink-3 text-sm">{t('servers.tools_none')}</p>}
      {listed !== null && listed.tools.length > 0 && <Tools listed={listed} />}
    </section>
  );
}

function Tools({ listed: { tools, more } }: { listed: ListedTools }) {
  const [filter, setFilter] = useState('');
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const found = tools.filter(({ name, description }) => {
    const text = `${name}\n${description ?? ''}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return (
    <>
      {tools.length > FEW && (
        <input
          type="search"
          aria-label={t('servers.tools_filter')}
          placeholder={t('servers.tools_filter')}
          autoComplete="off"
          spellCheck={false}
          maxLength={200}
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
          onKeyDown={(event) => {
            // Esc clears the filter before it closes the pane.
            if (event.key !== 'Escape' || filter === '') return;
            setFilter('');
            event.preventDefault();
          }}
          className={cx(INPUT, 'h-7 text-sm')}
        />
      )}
      <ul className="flex flex-col gap-1.5 text-sm">
        {found.map(({ name, description }) => (
          <li key={name} translate="no">
            <code className="break-all font-mono text-ink text-xs">{showInvisible(name)}</code>
            {description !== null && (
              <span className="line-clamp-2 break-words text-ink-2" title={showInvisible(description)}>
                {showInvisible(description)}
              </span>
            )}
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="text-ink-3 text-sm">{t('servers.tools_no_match')}</p>}
      {more > 0 && <p className="text-ink-3 text-sm">{t('servers.tools_more', { count: more })}</p>}
    </>
  );
}
