import { t } from '../../../shared/messages/language';
import { THEME_WORDS } from '../../format/theme-words';
import { THEME_CHOICES } from '../../store/theme';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { Segmented } from '../../ui/segmented';
import { RowFrame } from './setting-frame';

/** The theme. Each window and browser keeps its own, so it is in no table. */
export function ThemeRow() {
  const choice = useHoldfast((state) => state.themeChoice);
  const { setTheme } = useActions();
  return (
    <RowFrame label={t('settings.theme')} help={t('settings.theme.help')} note={t('settings.theme.note')}>
      <div>
        <Segmented
          label={t('settings.theme')}
          value={choice}
          options={THEME_CHOICES.map((value) => ({ value, label: THEME_WORDS[value] }))}
          onChange={setTheme}
        />
      </div>
    </RowFrame>
  );
}
