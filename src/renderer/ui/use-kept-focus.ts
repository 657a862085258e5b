import { type FocusEvent, useLayoutEffect, useRef } from 'react';

const FOCUSABLE = 'input:not(:disabled), select:not(:disabled), button:not(:disabled)';

/**
 * Keeps the focus in an element when what had it is taken away, such as a "Save" that has been pressed: it goes to the first
 * control that is left, and not to the page. Give what this returns to the element that renders the controls.
 */
export function useKeptFocus<E extends HTMLElement>() {
  const ref = useRef<E>(null);
  const hasFocus = useRef(false);
  // After every change: React tells nobody that what was removed had the focus.
  useLayoutEffect(() => {
    if (!hasFocus.current || document.activeElement !== document.body) return;
    ref.current?.querySelector<HTMLElement>(FOCUSABLE)?.focus();
  });
  return {
    ref,
    onFocus: () => {
      hasFocus.current = true;
    },
    onBlur: ({ relatedTarget }: FocusEvent) => {
      if (!ref.current?.contains(relatedTarget)) hasFocus.current = false;
    },
  };
}
