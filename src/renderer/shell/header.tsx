import { Monitor, Moon, Sun } from 'lucide-react';
import { useEffect } from 'react';
import { t } from '../../shared/messages/language';
import { viewWord } from '../../shared/model/views';
import { THEME_WORDS } from '../format/theme-words';
import { THEME_CHOICES } from '../store/theme';
import { useActions, useHoldfast, useRoute } from '../store/use-holdfast';
import { IconButton } from '../ui/button';
import { Menu, MenuChoice } from '../ui/menu';
import { ConnectionMenu } from './connection-menu';
import { FindButton } from './find-button';
import { RecordingNote } from './recording-note';

/** The current view, how fresh its data is, and the theme. */
export function Header() {
  const title = viewWord(useRoute().view);
  useEffect(() => {
    document.title = `${title} · Holdfast`;
  }, [title]);
  return (
    <header className="flex h-14 shrink-0 items-center gap-2 border-line border-b bg-canvas px-5">
      <h1 className="me-auto truncate font-semibold text-ink text-lg">{title}</h1>
      <RecordingNote />
      <FindButton />
      <ConnectionMenu />
      <ThemeMenu />
    </header>
  );
}

const THEME_ICONS = { system: Monitor, light: Sun, dark: Moon } as const;

function ThemeMenu() {
  const choice = useHoldfast((state) => state.themeChoice);
  const { setTheme } = useActions();
  const Icon = THEME_ICONS[choice];
  return (
    <Menu
      trigger={
        <IconButton label={t('shell.theme', { theme: THEME_WORDS[choice] })} className="size-8">
          <Icon size={16} aria-hidden />
        </IconButton>
      }
    >
      <MenuChoice
        label={t('shell.theme.label')}
        value={choice}
        options={THEME_CHOICES.map((value) => ({ value, label: THEME_WORDS[value] }))}
        onChange={setTheme}
      />
    </Menu>
  );
}
