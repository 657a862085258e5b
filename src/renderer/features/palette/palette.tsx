// biome-ignore-all lint/a11y/useSemanticElements: a combobox whose list stays open is no <select>
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus stays in the box, which names its option by aria-activedescendant
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the keys are the box's
import { Dialog } from '@base-ui/react/dialog';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { t } from '../../../shared/messages/language';
import { keyWords } from '../../../shared/model/keys';
import { isApp, isMac } from '../../shell/host';
import { runCommand } from '../../shell/run-command';
import type { HoldfastState } from '../../store/state';
import { useActions, useHoldfast, useHoldfastStore } from '../../store/use-holdfast';
import { cx } from '../../ui/cx';
import { toast, toastError } from '../../ui/toast';
import { useFocusBack } from '../../ui/use-focus-back';
import { type Deed, type PaletteItem, paletteItems, search } from './palette-items';
import { keepRecent, readRecent } from './recent';

const PAGE = 8;
/** What is left free beside the chosen option, in pixels. */
const MARGIN = 6;
const LIST = 'palette-list';
const optionId = (index: number) => `palette-option-${index}`;

/** Finds every view, action, session, server and client, by keyboard alone. What it picks asks what its own button would ask. */
export function Palette() {
  const store = useHoldfastStore();
  const open = useHoldfast((state) => state.overlay === 'palette');
  const { showOverlay } = useActions();
  useFocusBack(open);
  const picked = useRef<PaletteItem | null>(null);
  const box = useRef<HTMLInputElement>(null);
  const pick = (item: PaletteItem) => {
    keepRecent(window.localStorage, item.id);
    picked.current = item;
    showOverlay(null);
  };
  // Only now: what the item opens takes the focus, which the palette gives back when it has gone.
  const run = () => {
    const item = picked.current;
    picked.current = null;
    if (item) runDeed(item.deed, store.getState());
  };
  return (
    <Dialog.Root
      open={open}
      onOpenChange={(next) => !next && showOverlay(null)}
      onOpenChangeComplete={(isOpen) => !isOpen && run()}
    >
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-backdrop transition-opacity duration-100 data-[ending-style]:opacity-0" />
        <Dialog.Viewport className="pointer-events-none fixed inset-0 z-40 flex items-start justify-center p-8 pt-[12vh]">
          <Dialog.Popup
            data-palette
            initialFocus={box}
            className="overlay-motion pointer-events-auto flex max-h-[70vh] w-full max-w-xl flex-col overflow-hidden rounded-xl border border-line bg-surface text-ink shadow-overlay outline-none"
          >
            <Dialog.Title className="sr-only">{t('palette.title')}</Dialog.Title>
            <Finder onPick={pick} box={box} />
          </Dialog.Popup>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** Scrolls the list alone: `scrollIntoView` would also move what lies behind the palette. */
function showIn(list: HTMLElement | null, option: HTMLElement | null): void {
  if (!list || !option) return;
  const [outer, inner] = [list.getBoundingClientRect(), option.getBoundingClientRect()];
  if (inner.top < outer.top) list.scrollTop -= outer.top - inner.top + MARGIN;
  else if (inner.bottom > outer.bottom) list.scrollTop += inner.bottom - outer.bottom + MARGIN;
}

function Finder({ onPick, box }: { onPick(item: PaletteItem): void; box: React.RefObject<HTMLInputElement | null> }) {
  const { loadClients } = useActions();
  // As they were when the palette opened: what is read and chosen from must not move with every event.
  const store = useHoldfastStore();
  const [{ sessions, servers }] = useState(store.getState);
  const clients = useHoldfast((state) => state.clients);
  const [recent] = useState(() => readRecent(window.localStorage));
  const [query, setQuery] = useState('');
  const [cursor, setCursor] = useState(0);
  useEffect(() => {
    // Without them the palette finds everything else.
    loadClients().catch(() => undefined);
  }, [loadClients]);
  const items = useMemo(
    () =>
      paletteItems({
        sessions: [...sessions.values()],
        servers: servers?.servers ?? [],
        clients: clients ?? [],
        isApp: isApp(),
      }),
    [sessions, servers, clients],
  );
  const found = useMemo(() => search(items, query, recent), [items, query, recent]);
  const current = Math.min(cursor, found.length - 1);
  useEffect(() => {
    showIn(document.getElementById(LIST), document.getElementById(optionId(current)));
  }, [current]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const count = found.length;
    const item = found[current];
    if (event.key === 'ArrowDown') setCursor((current + 1) % Math.max(1, count));
    else if (event.key === 'ArrowUp') setCursor((current - 1 + count) % Math.max(1, count));
    else if (event.key === 'PageDown') setCursor(Math.min(count - 1, current + PAGE));
    else if (event.key === 'PageUp') setCursor(Math.max(0, current - PAGE));
    else if (event.key === 'Enter') item && onPick(item);
    else return;
    event.preventDefault();
  };

  return (
    <>
      <input
        ref={box}
        type="text"
        role="combobox"
        aria-label={t('palette.box')}
        aria-expanded="true"
        aria-controls={LIST}
        aria-autocomplete="list"
        aria-activedescendant={current >= 0 ? optionId(current) : undefined}
        placeholder={t('palette.box')}
        autoComplete="off"
        spellCheck={false}
        maxLength={60}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setCursor(0);
        }}
        onKeyDown={onKeyDown}
        className="h-12 w-full shrink-0 border-line border-b bg-surface px-4 text-ink text-lg outline-none"
      />
      <div id={LIST} role="listbox" aria-label={t('palette.found')} className="scroll-area min-h-0 p-1.5">
        {found.map((item, index) => (
          <Option
            key={item.id}
            item={item}
            index={index}
            selected={index === current}
            onPoint={() => setCursor(index)}
            onPick={() => onPick(item)}
          />
        ))}
      </div>
      {found.length === 0 && <p className="px-4 pb-4 text-ink-2 text-sm">{t('palette.none')}</p>}
      <p role="status" className="sr-only">
        {query === '' ? '' : t('palette.results', { count: found.length })}
      </p>
    </>
  );
}

interface OptionProps {
  item: PaletteItem;
  index: number;
  selected: boolean;
  onPoint(): void;
  onPick(): void;
}

function Option({ item: { title, detail, reference, kind, keys }, index, selected, onPoint, onPick }: OptionProps) {
  const isName = kind === 'session' || kind === 'server' || kind === 'client';
  return (
    <div
      id={optionId(index)}
      role="option"
      aria-selected={selected}
      onMouseMove={selected ? undefined : onPoint}
      onMouseDown={(event) => event.preventDefault()}
      onClick={onPick}
      className={cx('flex h-9 items-center gap-3 rounded-md px-2.5', selected && 'bg-selected')}
    >
      <span translate={isName ? 'no' : 'yes'} className="max-w-[60%] shrink-0 truncate text-ink">
        {title}
      </span>
      <span translate="no" className="min-w-0 flex-1 truncate text-ink-2 text-sm">
        {kind === 'client' ? detail : [detail, reference].filter(Boolean).join(' · ')}
      </span>
      {keys && (
        <kbd translate="no" className="shrink-0 font-sans text-ink-2 text-xs">
          {keyWords(keys, isMac())}
        </kbd>
      )}
      <span className="shrink-0 text-ink-2 text-xs">{t(`palette.kind.${kind}`)}</span>
    </div>
  );
}

function runDeed(deed: Deed, state: HoldfastState): void {
  const { actions } = state;
  if (deed.do === 'command') runCommand(deed.id, state);
  else if (deed.do === 'go') actions.navigate(deed.view, { id: deed.id });
  else if (deed.do === 'ask') actions.ask(deed.intent);
  else if (deed.do === 'retry')
    actions
      .retryServer(deed.name)
      .catch((error: unknown) => toastError(t('palette.server.start_failed', { name: deed.name }), error));
  else {
    const { name, on } = deed;
    actions.setServerEnabled(name, on).then(
      () => toast({ title: t(on ? 'palette.server.is_on' : 'palette.server.is_off', { name }) }),
      (error: unknown) => toastError(t(on ? 'palette.server.on_failed' : 'palette.server.off_failed', { name }), error),
    );
  }
}
