import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { ConnectionInfo } from '../bridge/bridge';
import type { Actions } from './actions';
import type { HoldfastStore } from './create-store';
import type { Route } from './route';
import type { HoldfastState } from './state';

const StoreContext = createContext<HoldfastStore | null>(null);
export const StoreProvider = StoreContext.Provider;

/** The store itself, for reading outside a render. */
export function useHoldfastStore(): HoldfastStore {
  const store = useContext(StoreContext);
  if (!store) throw new Error('useHoldfast needs a StoreProvider above it');
  return store;
}

/**
 * Reads from the store. `select` returns one value whose identity changes only with its content: a component that shows a
 * relative time selects its text, `(state) => formatAgo(at, state.now)`, and renders again only when that changes.
 */
export function useHoldfast<T>(select: (state: HoldfastState) => T): T {
  return useStore(useHoldfastStore(), select);
}

export const useActions = (): Actions => useHoldfast((state) => state.actions);
export const useConnection = (): ConnectionInfo => useHoldfast((state) => state.connection);
export const useRoute = (): Route => useHoldfast((state) => state.route);
