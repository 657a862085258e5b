import type { HoldfastStore } from '#src/renderer/store/create-store';
import type { World, WorldBridge } from './world';

declare global {
  /** How tests reach what is behind the page. */
  interface Window {
    world: World;
    bridge: WorldBridge;
    store: HoldfastStore;
  }
}
