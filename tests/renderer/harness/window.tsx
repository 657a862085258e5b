import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from '#src/renderer/app';
import { createHoldfastStore, startStore } from '#src/renderer/store/create-store';
import { StoreProvider } from '#src/renderer/store/use-holdfast';
import './globals';
import { WorldBridge } from './world';
import { buildWorld } from './worlds';

/** The whole window over a scripted world; `?world=` names it. Tests reach the world as `window.world`. */
const root = document.getElementById('root');
if (!root) throw new Error('the page has no root');
window.world = buildWorld(new URLSearchParams(window.location.search).get('world') ?? 'typical');
window.bridge = new WorldBridge(window.world);
window.store = createHoldfastStore(window.bridge);
startStore(window.store, window.bridge);
createRoot(root).render(
  <StrictMode>
    <StoreProvider value={window.store}>
      <App />
    </StoreProvider>
  </StrictMode>,
);
