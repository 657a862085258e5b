import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import type { PreloadApi } from '../shared/contract/preload';
import { App } from './app';
import type { Bridge } from './bridge/bridge';
import { createElectronBridge } from './bridge/electron-bridge';
import { createHoldfastStore, startStore } from './store/create-store';
import { readLanguageChoice } from './store/language';
import { StoreProvider } from './store/use-holdfast';

declare global {
  interface Window {
    /** Set by the preload script; missing in an ordinary browser. */
    readonly holdfast?: PreloadApi;
  }
}

async function pickBridge(): Promise<Bridge> {
  if (window.holdfast) {
    const bridge = createElectronBridge(window.holdfast);
    // A tray in another language is no reason not to show the window.
    bridge.invoke('desktop.language', { choice: readLanguageChoice(window.localStorage) }).catch(() => {});
    return bridge;
  }
  const { createWebBridge } = await import('./bridge/web-bridge');
  return createWebBridge();
}

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id root');
// The bridge comes first: in a browser it takes the sign-in ticket out of the URL before the URL is read as a place.
const bridge = await pickBridge();
const store = createHoldfastStore(bridge);
startStore(store, bridge);
createRoot(root).render(
  <StrictMode>
    <StoreProvider value={store}>
      <App />
    </StoreProvider>
  </StrictMode>,
);
