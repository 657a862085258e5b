import { speakLanguage } from '#src/renderer/store/language';
import { setLanguage } from '#src/shared/messages/language';
import { PSEUDO, PSEUDO_LOCALE, PSEUDO_RTL } from './pseudo';
import '#src/renderer/styles/index.css';

/**
 * The window in the user's language, with every text of the catalogue in marks (`?language=pseudo`), or from right to left
 * (`?language=rtl`).
 */
const language = new URLSearchParams(window.location.search).get('language');
if (language === 'pseudo') setLanguage(PSEUDO_LOCALE, PSEUDO);
else if (language === 'rtl') {
  setLanguage('en', PSEUDO_RTL);
  document.documentElement.dir = 'rtl';
} else await speakLanguage(window);
await import('./window');
