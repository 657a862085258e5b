import type { COMMANDS_TEXT as EN } from '../en/commands';
import type { Translated } from '../translated';

export const COMMANDS_TEXT: Translated<typeof EN> = {
  'commands.palette': 'Alles durchsuchen',
  'commands.server.add': 'Server hinzufügen',
  'commands.server.add.words': 'neu mcp add',
  'commands.server.import': 'Server importieren',
  'commands.server.import.words': 'claude cursor vscode codex gemini übernehmen',
  'commands.client.add': 'Client verbinden',
  'commands.client.add.words': 'neu schlüssel erzeugen connect key',
  'commands.view.words': 'gehe zu ansicht öffnen',
  'commands.filter': 'Angezeigtes filtern',
  'commands.filter.words': 'suchen filter',
  'commands.theme.system': 'Design: wie das System',
  'commands.theme.light': 'Design: hell',
  'commands.theme.dark': 'Design: dunkel',
  'commands.theme.words': 'farben aussehen theme',
  'commands.theme.dark.words': 'farben aussehen nacht theme',
  'commands.stream.reconnect': 'Dieses Fenster neu verbinden',
  'commands.stream.disconnect': 'Aktualisierung dieses Fensters anhalten',
  'commands.stream.words': 'live stream verbindung trennen',
  'commands.zoom.in': 'Vergrößern',
  'commands.zoom.out': 'Verkleinern',
  'commands.zoom.reset': 'Originalgröße',
  'commands.keys': 'Tastenkürzel',
  'commands.keys.words': 'hilfe tasten tastatur',
  'commands.single_keys': 'Kürzel mit einer Taste ein- oder ausschalten',
  'commands.single_keys.words': 'tastatur barrierefreiheit',

  'keys.command': 'Strg+{key}',
  'keys.command.mac': '⌘{key}',
};
