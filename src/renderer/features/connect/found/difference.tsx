import type { PlannedConnection } from '../../../../shared/contract/connect';
import { t } from '../../../../shared/messages/language';
import { visible } from '../../../../shared/visible-text';
import { cx } from '../../../ui/cx';
import { ScrollRegion } from '../../../ui/scroll-region';

const COLOURS: Readonly<Record<string, string>> = {
  '+': 'bg-active-soft text-active',
  '-': 'bg-danger-soft text-danger',
};
/** Its two headers and the place of its hunk, which say nothing that the name of the file does not. */
const HEADERS = 3;

/** A unified difference without its remarks on missing ends of lines: lines that come are green and have a plus, lines that go are red and have a minus. */
export function Difference({ planned: { file, difference } }: { planned: PlannedConnection }) {
  const lines =
    difference === ''
      ? []
      : difference
          .split('\n')
          .slice(HEADERS)
          .filter((line) => !line.startsWith('\\'));
  return (
    <div className="flex min-w-0 flex-col">
      <p className="rounded-t-md border border-line bg-sunken px-3 py-2 text-sm">
        <code translate="no" className="break-all font-mono text-ink">
          {file}
        </code>
      </p>
      {lines.length === 0 ? (
        <p className="rounded-b-md border border-line border-t-0 px-3 py-3 text-ink-2">{t('connect.change.nothing')}</p>
      ) : (
        <ScrollRegion
          label={t('connect.change.region')}
          className="max-h-[42vh] rounded-b-md border border-line border-t-0"
        >
          <pre translate="no" className="w-max min-w-full py-1.5 font-mono text-sm leading-5">
            {lines.map((line, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a difference does not change
              <Line key={index} line={line} />
            ))}
          </pre>
        </ScrollRegion>
      )}
    </div>
  );
}

function Line({ line }: { line: string }) {
  const mark = line.charAt(0);
  const spoken = mark === '+' ? 'connect.change.added' : mark === '-' ? 'connect.change.removed' : null;
  return (
    <code className={cx('block px-3', COLOURS[mark] ?? 'text-ink-2')}>
      {spoken !== null && <span className="sr-only">{t(spoken)} </span>}
      <span aria-hidden={spoken !== null}>{mark}</span> {visible(line.slice(1))}
    </code>
  );
}
