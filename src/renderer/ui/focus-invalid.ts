/**
 * Puts the focus on the first field in here that is marked as wrong, once the marks are drawn, and opens what it is folded
 * into: whoever is told what is wrong can mend it at once.
 */
export function focusInvalid(within: HTMLElement | null): void {
  requestAnimationFrame(() => {
    const field = within?.querySelector<HTMLElement>('[aria-invalid="true"]');
    const folded = field?.closest('details');
    if (folded) folded.open = true;
    field?.focus();
  });
}
