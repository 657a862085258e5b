import { useEffect } from 'react';
import type { View } from '../../shared/model/views';
import type { Intent } from './intent';
import { useActions, useHoldfast } from './use-holdfast';

/**
 * Lets a view take an intent, once: the one for `id`, or with `undefined` any of its own. An intent waits until the view is
 * there to take it, and is dropped when another view is opened.
 *
 * @param take - does it; returns false if it cannot yet, such as before its list is loaded
 */
export function useIntent(view: View, id: string | null | undefined, take: (intent: Intent) => boolean): void {
  const intent = useHoldfast((state) => state.intent);
  const { dropIntent } = useActions();
  useEffect(() => {
    if (intent?.view !== view || (id !== undefined && intent.id !== id)) return;
    if (take(intent)) dropIntent();
  });
}
