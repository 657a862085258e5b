import { sanitiseLocale } from '../format/locale';

/**
 * Makes `navigator.language` a tag that `Intl` accepts. Under `LANG=C` Chromium reports `en-US@posix`, and a library that
 * hands it to `Intl` while it is loaded dies with it.
 *
 * @returns shows again what the browser says
 */
export function hideUnusableLanguage(): () => void {
  const usable = sanitiseLocale(navigator.language);
  if (usable === navigator.language) return () => {};
  // The browser's own is a getter of the prototype: a property of the object hides it for the time being.
  const own = Object.getOwnPropertyDescriptor(navigator, 'language');
  Object.defineProperty(navigator, 'language', { value: usable, configurable: true });
  return () => {
    if (own) Object.defineProperty(navigator, 'language', own);
    else Reflect.deleteProperty(navigator, 'language');
  };
}

/** Ends the guard, which begins with the evaluation of this module. */
export const restoreLanguage = hideUnusableLanguage();
