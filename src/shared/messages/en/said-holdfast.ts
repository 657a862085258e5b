/** What Holdfast says of itself: settings, updates, telemetry, starting at login, its database and its secrets. */
export const SAID_HOLDFAST = {
  'said.update.npm':
    'Run "npx holdfast quit", then "npm install" with the new package where you installed this one, and start Holdfast again. Sessions wait meanwhile.',
  'said.update.deb':
    'Get the new .deb, run "sudo apt install ./holdfast_*.deb", then "holdfast quit" and start it again. Sessions wait meanwhile.',
  'said.update.archive':
    'Get the new .tar.gz, run "bin/holdfast quit", unpack the archive in place of this folder and start Holdfast again. Sessions wait meanwhile.',
  'said.update.source':
    'Run "git pull" and "npm run holdfast -- quit", then start it again with "npm start". Sessions wait meanwhile.',
  'said.update.no_key': 'This build checks for no updates: it has no release key.',
  'said.update.address_needed': 'Say at which address Holdfast is to ask for updates.',
  'said.update.no_address': 'No address for updates is set.',
  'said.update.bad_address':
    'The address for updates begins with https://, or with http:// if it is on this machine, and holds no password.',
  'said.update.too_large': 'What is at that address is larger than 64 KiB, so it is not a manifest of Holdfast.',
  'said.update.redirect': 'That address sends on to another one. Set the one where the manifest is.',
  'said.update.status': 'There is no manifest at that address: it answered {status}.',
  'said.update.cut': 'The answer was cut off.',
  'said.update.slow': 'That address did not answer within 10 seconds.',
  'said.update.server': 'The server of updates {what}.',
  'said.update.server_at': 'The server of updates at {host} {what}.',
  'said.update.not_a_manifest': 'What is at that address is not a manifest of Holdfast.',
  'said.update.not_signed': 'The manifest was not signed by who made this Holdfast. It is not believed.',
  'said.update.unknown_kind': 'The manifest is signed, but of a kind that this version cannot read.',
  'said.update.future': 'The manifest is from the future. Is the clock of this machine right?',
  'said.update.expired': 'The manifest has expired: nobody has confirmed it lately. It is not believed.',
  'said.update.older': 'The manifest is older than one that was there before. It is not believed.',
  'said.update.available': 'Holdfast {version} is available; this is {current}.',
  'said.update.changes': 'New in it: {changes}.',
  'said.telemetry.receiver': 'The receiver {what}.',
  'said.telemetry.receiver_at': 'The receiver at {host} {what}.',
  'said.telemetry.address_needed': 'Say to which address telemetry is to be sent.',
  'said.telemetry.no_address': 'No address for telemetry is set.',
  'said.telemetry.headers': 'More than {most} headers are not kept.',
  'said.telemetry.header_value': 'The value of {name} holds characters that HTTP does not allow.',
  'said.telemetry.bad_address':
    'The address for telemetry begins with https://, or with http:// if it is on this machine, such as http://127.0.0.1:4318. Passwords do not belong into the address; keys go into headers.',
  'said.login_item.system':
    'On this system only the app itself can change it: use its window, or the settings of the system.',
  'said.login_item.no_window':
    'This Holdfast runs without a window of its own. "holdfast service install" makes it a service that starts at login.',
  'said.login_item.not_installed': 'Only an installed Holdfast can be started at login.',
  'said.login_item.unusual':
    'Only a Holdfast with the usual data folder and port can be started at login on this system.',
  'said.login_item.name':
    'Desktops cannot start {program}: its name holds "=" or a control character. Move it to a folder with a plain name.',
  'said.login_item.invalid': '{file} cannot be read as a desktop entry. Switching it on replaces that file.',
  'said.login_item.off': 'It is switched off in {file}.',
  'said.login_item.other': '{file} starts something else at login: {program}. Switching it on replaces that.',
  'said.login_item.not_written':
    '{file} cannot be changed ({code}). Make its folder writable for your user, then try again.',
  'said.setting.given': '{label} is set by {variable}. Change it there, and start again.',
  'said.setting.only_environment': '{label}: only the environment can say so. Set {variable} and start Holdfast again.',
  'said.setting.unusable': 'A saved setting cannot be used, so its default holds. {why}',
  'said.setting.unknown': 'There is no setting "{name}". "holdfast settings" lists all.',
  'said.setting.meant': 'There is no setting "{name}". Did you mean "{meant}"?',
  'said.setting.restart': 'Without a window, Holdfast cannot start itself again. Quit it.',
  'said.start.source': 'Start it with "npm start" or "npm run headless".',
  'said.start.desktop': 'Start it with "holdfast" or "holdfast headless".',
  'said.start.npm': 'Start it with "npx holdfast headless".',
  'said.secrets.no_keychain': 'The keychain of the system cannot be used: {why}.',
  'said.secrets.none_offered': 'this desktop offers none, or it is locked',
  'said.secrets.not_given_back': 'it does not give back what was put in',
  'said.secrets.not_answered': 'it has not answered within {seconds} s',
  'said.secrets.what.values': 'The stored values of servers',
  'said.secrets.what.values_aside': 'Values of servers that were set aside',
  'said.secrets.what.logins': 'The logins at servers',
  'said.secrets.what.logins_aside': 'Logins at servers that were set aside',
  'said.secrets.what.headers': 'The headers of telemetry',
  'said.secrets.what.other': 'The values in {name}',
  'said.secrets.unreadable': '{what} cannot be read now.',
  'said.secrets.no_window':
    'They are encrypted, with a key in the keychain of the system that only the app opens. Nothing is lost. Use the app; or, to use them here too, start the app once with HOLDFAST_SECRETS=file, which moves them into files that only your user may read, and keep that setting.',
  'said.secrets.locked':
    'Nothing is lost, and nothing is written over them. Unlock the keychain of the system and start Holdfast again. If its key is gone for good, move {files} out of {folder}, start again, and enter them again.',
  'said.secrets.why_keychain': 'The keychain of the system cannot be used ({why}).',
  'said.secrets.why_damaged': 'They cannot be decrypted ({why}).',
  'said.secrets.wrong_key': 'the key in the keychain does not fit',
  'said.secrets.newer': 'the file is damaged or was made by a newer Holdfast',
  'said.secrets.not_read_back': 'it could not be read back as it was written',
  'said.secrets.not_saved': 'This cannot be saved.',
  'said.secrets.readable_again': 'They can be read again just now. Try again.',
  'said.secrets.to_keychain':
    '{what} could not be moved into the keychain of the system ({why}). They stay in a file that only your user may read; the next start tries again.',
  'said.secrets.to_file': '{what} could not be moved into a file ({why}). The next start tries again.',
  'said.secrets.twice':
    '{what} were found twice, encrypted and in a newer file. The newer file is used; the encrypted one was kept as {kept}.',
  'said.secrets.not_read': '{what} could not be read ({why}).',
  'said.secrets.stopping': 'Holdfast is stopping.',
  'said.secrets.refused': 'The keychain of the system cannot be used ({why}). Nothing was changed; try again.',
  'said.data.file': '"{name}" in the data folder was a file, where a folder belongs. It was kept as {kept}.',
  'said.data.folder': '"{name}" in the data folder was a folder, where a file belongs. It was kept as {kept}.',
  'said.database.damaged': 'The database was damaged and was kept as {kept}.',
  'said.database.empty': 'The database was empty and was kept as {kept}.',
  'said.database.missing':
    'The database was missing. (To start afresh instead, quit Holdfast and remove the folder "backups" as well.)',
  'said.database.restored': 'The backup of {time} was restored; what happened after it is missing.',
  'said.database.no_backup': 'There was no usable backup, so Holdfast started with an empty history.',
  'said.database.gone':
    'The database {file} was deleted or replaced while Holdfast runs. Nothing can be saved any more. Put its folder back if you still have it, or quit Holdfast and start it again.',
  'said.database.deleting': 'Something is being deleted already. Wait until it is done.',
  'said.database.buckets': 'A range of {range} cannot be shown in buckets of {bucket}.',
} as const;
