import { speakLanguage } from '#src/renderer/store/language';
import { setLanguage } from '#src/shared/messages/language';
import { PSEUDO, PSEUDO_LOCALE } from './pseudo';
import '#src/renderer/styles/index.css';

/** The window in the user's language, or with every text of the catalogue in marks: `?language=pseudo`. */
if (new URLSearchParams(window.location.search).get('language') === 'pseudo') setLanguage(PSEUDO_LOCALE, PSEUDO);
else await speakLanguage(window);
await import('./window');
