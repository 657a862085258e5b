import { useEffect, useRef } from 'react';
import { t } from '../../../shared/messages/language';
import { showInvisible } from '../../../shared/visible-text';
import { plainLine } from '../../format/plain-line';
import { cx } from '../../ui/cx';

/**
 * A program's output in a box of fixed height, scrolled to the newest line at the bottom unless the user has scrolled up.
 */
export function OutputLines({
  label,
  lines,
  className,
}: {
  label: string;
  lines: readonly string[];
  className: string;
}) {
  const box = useRef<HTMLElement>(null);
  const isAtEnd = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new lines move the end
  useEffect(() => {
    if (isAtEnd.current) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [lines]);
  return (
    <section
      ref={box}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < 8;
      }}
      className={cx(
        'scroll-area rounded-md border border-line bg-sunken px-3 py-2 focus-visible:outline-offset-[-2px]',
        className,
      )}
    >
      {lines.length === 0 ? (
        <p className="text-ink-3 text-sm">{t('servers.output.none')}</p>
      ) : (
        <pre translate="no" className="whitespace-pre-wrap break-words font-mono text-ink-2 text-xs leading-5">
          {lines.map((line) => showInvisible(plainLine(line)).replaceAll('\\t', '\t')).join('\n')}
        </pre>
      )}
    </section>
  );
}
