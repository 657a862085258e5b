import { type Sentence, said } from '../../shared/messages/said';
import { INSTALLATION, type Installation } from './installation';
import { ownInstalledCommand } from './own-command';

/** How an installation is updated, in sentences for the user; this very one by default. */
export function updateAdvice(
  installation: Installation = INSTALLATION,
  isInstalledCommand: boolean = ownInstalledCommand() !== null,
): Sentence {
  switch (installation) {
    case 'npm':
      return said('said.update.npm');
    case 'desktop':
      return isInstalledCommand ? said('said.update.deb') : said('said.update.archive');
    default:
      return said('said.update.source');
  }
}
