import type uPlot from 'uplot';
import { sanitiseLocale } from '../format/locale';

let loading: Promise<typeof uPlot> | null = null;

/** The chart library, loaded when the first chart appears. A failed load is tried again by the next chart. */
export function loadUplot(): Promise<typeof uPlot> {
  loading ??= withUsableLanguage(async () => (await import('uplot')).default).catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}

/**
 * Runs `load` while `navigator.language` is a tag that `Intl` accepts. Under `LANG=C` Chromium reports `en-US@posix`, and a
 * library that hands it to `Intl` while it is loaded dies with it.
 */
export async function withUsableLanguage<T>(load: () => Promise<T>): Promise<T> {
  const usable = sanitiseLocale(navigator.language);
  if (usable === navigator.language) return load();
  // The browser's own is a getter of the prototype: a property of the object hides it for the time being.
  const own = Object.getOwnPropertyDescriptor(navigator, 'language');
  Object.defineProperty(navigator, 'language', { value: usable, configurable: true });
  try {
    return await load();
  } finally {
    if (own) Object.defineProperty(navigator, 'language', own);
    else Reflect.deleteProperty(navigator, 'language');
  }
}
