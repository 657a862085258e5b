// The least that an Electron app with a window can be: what the package is measured beside. Started by Electron itself.
const { app, BrowserWindow } = require('electron');

app.setPath('userData', process.env.BARE_WINDOW_DATA ?? '');
app.on('window-all-closed', () => {});
void app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 1280, height: 800, webPreferences: { sandbox: true, spellcheck: false } });
  void window.loadURL('data:text/html,<main data-connection="live">A bare window.</main>');
});
