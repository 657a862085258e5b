import { type FocusEvent, type MouseEvent, useState } from 'react';

interface Props {
  disabled?: boolean;
  onFocus?(event: FocusEvent<HTMLButtonElement>): void;
  onBlur?(event: FocusEvent<HTMLButtonElement>): void;
  onClick?(event: MouseEvent<HTMLButtonElement>): void;
}

/**
 * A button that is disabled by being pressed would lose the focus to the page. While it has the focus, it is therefore only said
 * to be disabled, and ignores clicks.
 */
export function useFocusableDisabled({ disabled = false, onFocus, onBlur, onClick }: Props) {
  const [hasFocus, setHasFocus] = useState(false);
  const isSaid = disabled && hasFocus;
  return {
    disabled: disabled && !hasFocus,
    ...(isSaid && { 'aria-disabled': true }),
    onFocus: (event: FocusEvent<HTMLButtonElement>) => {
      setHasFocus(true);
      onFocus?.(event);
    },
    onBlur: (event: FocusEvent<HTMLButtonElement>) => {
      setHasFocus(false);
      onBlur?.(event);
    },
    onClick: (event: MouseEvent<HTMLButtonElement>) => {
      if (isSaid) event.preventDefault();
      else onClick?.(event);
    },
  };
}
