import { speakLanguage } from './store/language';
import './styles/index.css';

await speakLanguage(window);
// Tables of words are made when their module is loaded, so everything else comes after the language.
await import('./window');
