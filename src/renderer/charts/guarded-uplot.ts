// Modules are evaluated in import order: the guard, the library, then the end of the guard, with nothing else in between.
import './language-guard';

import uPlot from 'uplot';
import { restoreLanguage } from './language-guard';

restoreLanguage();

export { uPlot };
