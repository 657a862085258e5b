import { type ReactNode, useMemo } from 'react';
import type { RecordedPart } from '../../../../shared/contract/activity-contents';
import { t } from '../../../../shared/messages/language';
import { visible } from '../../../../shared/visible-text';
import { formatBytes } from '../../../format/number';
import { blocksOf } from './blocks';
import { keepsNumbersOf, parseExactly } from './exact-json';
import { JsonTree } from './json-tree';
import { ResultBlocks } from './result-blocks';

/**
 * One part of a message, as what it is.
 * @param inner - the member that is shown in place of all of it
 */
export function MessagePart({ title, part, inner }: { title: string; part: RecordedPart; inner: string | null }) {
  const value = useMemo<unknown>(() => (part.json === null ? null : parseExactly(part.json)), [part.json]);
  const isExact = part.json === null || keepsNumbersOf(part.json);
  const shown = inner === null ? value : memberOf(value, inner);
  return (
    <div>
      <h3 className="mb-1 flex flex-wrap items-baseline gap-x-2 font-medium text-ink text-sm">
        {title}
        <span className="font-normal text-ink-3 text-xs">{notesOf(part)}</span>
      </h3>
      {part.json !== null &&
        (isEmpty(shown) ? (
          <p className="text-ink-3 text-sm">{t('contents.empty')}</p>
        ) : (
          <>
            {isExact || <ExactText text={part.json} />}
            {(isExact || inner === null) && <Value title={title} value={shown} />}
          </>
        ))}
    </div>
  );
}

/** What this browser cannot show as a tree without changing a number. */
const ExactText = ({ text }: { text: string }) => (
  <pre
    translate="no"
    className="scroll-area mb-1 max-h-80 whitespace-pre-wrap break-words rounded-md border border-line bg-canvas p-2 font-mono text-xs"
  >
    {visible(text)}
  </pre>
);

function Value({ title, value }: { title: string; value: unknown }): ReactNode {
  const blocks = blocksOf(value);
  const structured = memberOf(value, 'structuredContent');
  if (blocks === null) return <JsonTree title={title} value={value} />;
  return (
    <>
      <ResultBlocks title={title} blocks={blocks} />
      {structured !== undefined && (
        <div className="mt-2">
          <h4 className="mb-1 text-ink-3 text-xs">{t('contents.structured')}</h4>
          <JsonTree title={t('contents.structured')} value={structured} />
        </div>
      )}
    </>
  );
}

function notesOf({ json, bytes, cut, masked }: RecordedPart): string {
  const size = formatBytes(bytes);
  const length =
    json === null ? t('contents.too_long', { bytes: size }) : cut ? t('contents.cut', { bytes: size }) : '';
  return [length, masked > 0 ? t('contents.masked', { count: masked }) : ''].filter((note) => note !== '').join(' · ');
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;

const isEmpty = (value: unknown): boolean =>
  value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
