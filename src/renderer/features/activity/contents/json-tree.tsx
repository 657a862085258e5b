import { ChevronDown, ChevronRight } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { t } from '../../../../shared/messages/language';
import { visible } from '../../../../shared/visible-text';
import { CopyButton } from '../../../ui/copy-button';
import { cx } from '../../../ui/cx';
import { FIRST_CHILDREN, pathText, type TreeRow, type TreeState, treeRows, treeStep, valueText } from './tree-rows';

/** A longer text is shown to there; copying takes all of it. */
const MOST_TEXT = 1_000;
const START: TreeState = { open: new Map(), shown: new Map() };

/** A JSON value as a tree that opens and closes, by pointer and by keyboard (ARIA practices, tree view). */
export function JsonTree({ title, value }: { title: string; value: unknown }) {
  const id = useId();
  const [state, setState] = useState(START);
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => treeRows(value, state), [value, state]);
  const current = rows[Math.min(at, rows.length - 1)];

  // biome-ignore lint/correctness/useExhaustiveDependencies: the row that is current has changed
  useEffect(() => {
    if (document.activeElement === list.current) {
      list.current?.querySelector('[data-current]')?.scrollIntoView({ block: 'nearest' });
    }
  }, [at]);

  const turn = (row: TreeRow, isOpen: boolean) =>
    setState(({ open, shown }) => ({ open: new Map(open).set(row.id, isOpen), shown }));
  const act = (row: TreeRow) => {
    if (row.kind === 'node') {
      if (row.isOpen !== null) turn(row, !row.isOpen);
      return;
    }
    const of = row.id.slice(0, -1);
    setState(({ open, shown }) => ({
      open,
      shown: new Map(shown).set(of, (shown.get(of) ?? FIRST_CHILDREN) + 4 * FIRST_CHILDREN),
    }));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!current || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = treeStep(event.key, rows, at);
    if (step === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (step === 'act') act(current);
    else if (step === 'open' || step === 'close') turn(current, step === 'open');
    else setAt(step);
  };
  const isNode = current?.kind === 'node';
  return (
    <div className="rounded-md border border-line bg-canvas">
      <div
        ref={list}
        role="tree"
        tabIndex={0}
        aria-label={t('contents.tree', { title })}
        aria-description={t('contents.tree.keys')}
        aria-activedescendant={current && `${id}-${at}`}
        onKeyDown={onKeyDown}
        className="scroll-area relative max-h-80 py-1 font-mono text-xs focus-visible:outline-offset-[-2px]"
      >
        {rows.map((row, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the tree around it has the keys
          // biome-ignore lint/a11y/useFocusableInteractive: the tree around it holds the focus
          <div
            key={row.id}
            id={`${id}-${index}`}
            role="treeitem"
            aria-level={row.path.length + (row.kind === 'more' ? 2 : 1)}
            aria-expanded={row.kind === 'node' && row.isOpen !== null ? row.isOpen : undefined}
            aria-selected={index === at}
            data-current={index === at || undefined}
            onClick={() => {
              setAt(index);
              act(row);
            }}
            style={{ paddingInlineStart: `${0.25 + 0.75 * (row.path.length + (row.kind === 'more' ? 1 : 0))}rem` }}
            className={cx('flex items-start gap-1 pe-2 leading-5', index === at ? 'bg-selected' : 'hover:bg-hover')}
          >
            {row.kind === 'more' ? (
              <span className="ps-4 font-sans text-accent">{t('contents.tree.more', { count: row.count })}</span>
            ) : (
              <NodeText row={row} />
            )}
          </div>
        ))}
      </div>
      <div className="flex min-h-8 flex-wrap items-center gap-1 border-line border-t px-1 py-0.5">
        <CopyButton
          variant="ghost"
          label={t('contents.tree.copy_value')}
          text={isNode ? valueText(current.value) : ''}
        />
        <CopyButton variant="ghost" label={t('contents.tree.copy_path')} text={current ? pathText(current.path) : ''} />
        <span translate="no" className="min-w-0 truncate font-mono text-ink-3 text-xs">
          {current && pathText(current.path)}
        </span>
      </div>
    </div>
  );
}

type NodeRow = Extract<TreeRow, { kind: 'node' }>;

function NodeText({ row: { path, value, isOpen, count } }: { row: NodeRow }) {
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  const key = path.at(-1);
  return (
    <>
      <span aria-hidden className="flex h-5 w-3 shrink-0 items-center text-ink-3">
        {isOpen !== null && <Chevron size={12} />}
      </span>
      <span className="min-w-0 whitespace-pre-wrap break-words [overflow-wrap:anywhere]">
        {key !== undefined && (
          <span translate="no" className="text-ink-2">
            {visible(String(key))}
            {': '}
          </span>
        )}
        {isOpen === null ? (
          <span translate="no" className={colourOf(value)}>
            {leafText(value)}
          </span>
        ) : (
          <span className="font-sans text-ink-3">
            {t(Array.isArray(value) ? 'contents.tree.list' : 'contents.tree.object', { count })}
          </span>
        )}
      </span>
    </>
  );
}

function leafText(value: unknown): string {
  const text = visible(typeof value === 'string' ? JSON.stringify(value) : (JSON.stringify(value) ?? ''));
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text;
}

const colourOf = (value: unknown): string =>
  typeof value === 'string' ? 'text-ink' : value === null ? 'text-ink-3' : 'text-accent';
