import { sanitiseLocale } from '../../shared/messages/locale';

/**
 * Makes `navigator.language` a tag that `Intl` accepts. Under `LANG=C` Chromium reports `en-US@posix`, and a library that
 * passes it to `Intl` while loading throws.
 *
 * @returns a function that restores the browser's own value
 */
export function hideUnusableLanguage(): () => void {
  const usable = sanitiseLocale(navigator.language);
  if (usable === navigator.language) return () => {};
  // The browser's own value is a getter on the prototype; a property on the object hides it for now.
  const own = Object.getOwnPropertyDescriptor(navigator, 'language');
  Object.defineProperty(navigator, 'language', { value: usable, configurable: true });
  return () => {
    if (own) Object.defineProperty(navigator, 'language', own);
    else Reflect.deleteProperty(navigator, 'language');
  };
}

/** Ends the guard, which starts when this module is evaluated. */
export const restoreLanguage = hideUnusableLanguage();
