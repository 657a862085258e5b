import { useLayoutEffect, useRef } from 'react';

const FOCUSABLE = [
  'a[href]',
  'button:not(:disabled)',
  'input:not(:disabled)',
  'select:not(:disabled)',
  'textarea:not(:disabled)',
  '[tabindex]',
].join(',');

/** For a third of a second the focus is looked after. */
const FRAMES = 20;

/**
 * Puts the focus somewhere sensible after a dialog whose opener is gone, as a "Review the command" is once the command was
 * confirmed: on the opener's nearest surroundings that can have it, or else on the view. An opener that is still there has it
 * back already.
 *
 * @param open - whether the dialog is open; what has the focus as it opens is its opener
 */
export function useFocusBack(open: boolean): void {
  const around = useRef<readonly Element[]>([]);
  useLayoutEffect(() => {
    if (!open) return;
    around.current = withAncestors(document.activeElement);
    return () => {
      watch(around.current, FRAMES);
    };
  }, [open]);
}

/** The dialog gives the focus back, or fails to, when it has faded out. */
function watch(places: readonly Element[], frames: number): void {
  if (frames === 0) return;
  requestAnimationFrame(() => {
    if (isNowhere()) focusIn(places);
    watch(places, frames - 1);
  });
}

function withAncestors(element: Element | null): Element[] {
  const found: Element[] = [];
  for (let one = element; one && one !== document.body; one = one.parentElement) found.push(one);
  return found;
}

function focusIn(places: readonly Element[]): void {
  for (const place of [...places.filter(({ isConnected }) => isConnected), document.querySelector('main')]) {
    if (!place) continue;
    const candidates = place.matches(FOCUSABLE) ? [place] : [...place.querySelectorAll(FOCUSABLE)];
    for (const candidate of candidates) {
      if (!(candidate instanceof HTMLElement) || !candidate.checkVisibility()) continue;
      candidate.focus({ preventScroll: true });
      if (!isNowhere()) return;
    }
  }
}

const isNowhere = (): boolean => document.activeElement === null || document.activeElement === document.body;
