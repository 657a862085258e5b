import { COMMANDS } from '../../../shared/model/commands';
import { isSingleKey, keyWords } from '../../../shared/model/keys';
import { isApp, isMac } from '../../shell/host';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { Dialog } from '../../ui/dialog';
import { Switch } from '../../ui/switch';

/** Keys of lists, which work while the list has the focus. */
const LIST_KEYS = [
  { title: 'Next, previous', keys: ['J', 'K'] },
  { title: 'Open', keys: ['Enter'] },
  { title: 'Close', keys: ['Esc'] },
] as const;

/** All keys that do something, and the switch for those of one key. */
export function KeySheet() {
  const open = useHoldfast((state) => state.overlay === 'keys');
  const singleKeys = useHoldfast((state) => state.singleKeys);
  const { setSingleKeys, showOverlay } = useActions();
  const shown = COMMANDS.flatMap(({ title, keys = [], appOnly }) => {
    const working = appOnly && !isApp() ? [] : keys.filter((one) => singleKeys || !isSingleKey(one));
    return working.length > 0 ? [{ title, keys: working }] : [];
  });
  return (
    <Dialog open={open} onClose={() => showOverlay(null)} title="Keyboard shortcuts" wide>
      <div className="grid gap-x-8 gap-y-4 min-[640px]:grid-cols-2">
        <KeyList title="Everywhere" rows={shown} />
        <KeyList title="In a list" rows={LIST_KEYS} />
      </div>
      <div className="mt-4 border-line border-t pt-3">
        <Switch label="Single-key shortcuts" checked={singleKeys} onChange={setSingleKeys} />
        <p className="text-ink-2 text-sm">They never work while you type in a field.</p>
      </div>
    </Dialog>
  );
}

function KeyList({ title, rows }: { title: string; rows: readonly { title: string; keys: readonly string[] }[] }) {
  return (
    <section aria-label={title}>
      <h3 className="mb-1 font-medium text-ink-2 text-sm">{title}</h3>
      <dl className="grid grid-cols-[1fr_auto] gap-x-4 gap-y-1">
        {rows.map((row) => (
          <div key={row.title} className="contents">
            <dt>{row.title}</dt>
            <dd className="flex gap-1.5 text-right">
              {row.keys.map((keys) => (
                <kbd key={keys} className="rounded border border-line bg-sunken px-1.5 font-sans text-ink text-xs">
                  {keyWords(keys, isMac())}
                </kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
