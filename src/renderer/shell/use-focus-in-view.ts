import { type RefObject, useEffect, useRef } from 'react';
import { useRoute } from '../store/use-holdfast';

/**
 * Gives the focus to the view when the user has gone to another place and what had the focus is gone with the last one. Without it
 * the focus would be nowhere, and Tab would begin at the top of the window.
 *
 * @param ref the element of the view, which can have the focus
 */
export function useFocusInView(ref: RefObject<HTMLElement | null>): void {
  const { view, id } = useRoute();
  const place = `${view}/${id}`;
  const last = useRef(place);
  useEffect(() => {
    if (last.current === place) return;
    last.current = place;
    // The palette gives back the focus in the frame after it has gone.
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => {
        if (document.activeElement === document.body) ref.current?.focus({ preventScroll: true });
      });
    });
    return () => cancelAnimationFrame(frame);
  }, [place, ref]);
}
