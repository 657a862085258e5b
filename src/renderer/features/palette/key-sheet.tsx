import { t } from '../../../shared/messages/language';
import { COMMANDS } from '../../../shared/model/commands';
import { isSingleKey, keyWords } from '../../../shared/model/keys';
import { isApp, isMac } from '../../shell/host';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { Dialog } from '../../ui/dialog';
import { Switch } from '../../ui/switch';

/** Keys of lists, which work while the list has the focus; only sessions are selected. */
const LIST_KEYS = [
  { title: t('keys.next'), keys: ['↓', '↑'], letters: ['J', 'K'] },
  { title: t('keys.open'), keys: ['Enter'], letters: [] },
  { title: t('keys.select'), keys: ['Space'], letters: [] },
  { title: t('keys.select_group'), keys: ['Shift+Space'], letters: [] },
  { title: t('keys.select_all'), keys: ['CmdOrCtrl+A'], letters: [] },
  { title: t('keys.close'), keys: ['Esc'], letters: [] },
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
  const inList = LIST_KEYS.map(({ title, keys, letters }) => ({
    title,
    keys: singleKeys ? [...keys, ...letters] : keys,
  }));
  return (
    <Dialog open={open} onClose={() => showOverlay(null)} title={t('keys.title')} wide>
      <div className="grid gap-x-8 gap-y-4 min-[640px]:grid-cols-2">
        <KeyList title={t('keys.everywhere')} rows={shown} />
        <KeyList title={t('keys.in_list')} rows={inList} />
      </div>
      <div className="mt-4 border-line border-t pt-3">
        <Switch label={t('keys.single')} checked={singleKeys} onChange={setSingleKeys} />
        <p className="text-ink-2 text-sm">{t('keys.single_note')}</p>
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
            <dd className="flex items-start gap-1.5 text-end">
              {row.keys.map((keys) => (
                <kbd
                  key={keys}
                  translate="no"
                  className="rounded border border-line bg-sunken px-1.5 font-sans text-ink text-xs"
                >
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
