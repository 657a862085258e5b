import type { CommandId } from '../../shared/model/commands';
import type { View } from '../../shared/model/views';
import type { HoldfastState } from '../store/state';

/** The box that filters the open view; null if the view has none. */
const filterBox = (): HTMLInputElement | null => document.querySelector('main input[type="search"]');

/**
 * Runs a command in the window.
 *
 * @returns false if the window has nothing to do: the view has no filter, or the application itself runs the command
 */
export function runCommand(id: CommandId, { actions, singleKeys }: HoldfastState): boolean {
  if (id.startsWith('view.')) actions.navigate(id.slice('view.'.length) as View);
  else if (id.startsWith('zoom.')) return false;
  else if (id === 'palette' || id === 'keys') actions.showOverlay(id);
  else if (id === 'filter') return focusFilter();
  else if (id === 'single_keys') actions.setSingleKeys(!singleKeys);
  else if (id === 'server.add') actions.ask({ view: 'servers', id: null, act: 'add' });
  else if (id === 'server.import') actions.ask({ view: 'servers', id: null, act: 'import' });
  else if (id === 'server.sets') actions.ask({ view: 'servers', id: null, act: 'sets' });
  else if (id === 'checks.run') actions.ask({ view: 'diagnostics', id: null, act: 'check' });
  else if (id === 'diagnosis.copy') actions.ask({ view: 'diagnostics', id: null, act: 'copy' });
  else if (id === 'diagnosis.bundle') actions.ask({ view: 'diagnostics', id: null, act: 'bundle' });
  else if (id === 'client.add') actions.navigate('connect');
  else if (id === 'theme.system') actions.setTheme('system');
  else if (id === 'theme.light') actions.setTheme('light');
  else if (id === 'theme.dark') actions.setTheme('dark');
  else if (id === 'stream.reconnect') actions.reconnectNow();
  else if (id === 'stream.disconnect') actions.disconnectStream();
  return true;
}

function focusFilter(): boolean {
  const box = filterBox();
  box?.focus();
  box?.select();
  return box !== null;
}
