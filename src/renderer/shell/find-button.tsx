import { Search } from 'lucide-react';
import { t } from '../../shared/messages/language';
import { keyWords } from '../../shared/model/keys';
import { useActions } from '../store/use-holdfast';
import { isMac } from './host';

/** Opens the palette; says with which key that is faster. */
export function FindButton() {
  const { showOverlay } = useActions();
  const keys = keyWords('CmdOrCtrl+K', isMac());
  return (
    <button
      type="button"
      aria-keyshortcuts={isMac() ? 'Meta+K' : 'Control+K'}
      onClick={() => showOverlay('palette')}
      className="inline-flex h-8 items-center gap-2 whitespace-nowrap rounded-md px-2.5 text-ink-2 text-sm hover:bg-sunken"
    >
      <Search size={14} aria-hidden />
      {t('shell.find')}
      <kbd aria-hidden className="font-sans text-ink-3 text-xs">
        {keys}
      </kbd>
    </button>
  );
}
