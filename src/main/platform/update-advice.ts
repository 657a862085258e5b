import { INSTALLATION, type Installation } from './installation';
import { ownInstalledCommand } from './own-command';

const FOLLOWS = 'Sessions wait meanwhile.';

/** How an installation is updated, in sentences for the user; this very one by default. */
export function updateAdvice(
  installation: Installation = INSTALLATION,
  isInstalledCommand: boolean = ownInstalledCommand() !== null,
): string {
  switch (installation) {
    case 'npm':
      return `Run "npm install" with the new package where you installed this one, then start Holdfast again. ${FOLLOWS}`;
    case 'desktop':
      return isInstalledCommand
        ? `Get the new .deb, run "sudo apt install ./holdfast_*.deb", then "holdfast quit" and start it again. ${FOLLOWS}`
        : `Get the new .tar.gz, unpack it in place of this folder, then "holdfast quit" and start it again. ${FOLLOWS}`;
    default:
      return `Run "git pull" and "npm run holdfast -- quit", then start it again with "npm start". ${FOLLOWS}`;
  }
}
