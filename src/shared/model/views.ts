import { t } from '../messages/language';

/** The views of the window, in the order of the navigation. */
export const VIEWS = [
  'overview',
  'sessions',
  'servers',
  'history',
  'activity',
  'connect',
  'settings',
  'diagnostics',
] as const;
export type View = (typeof VIEWS)[number];

/** The name of a view in the navigation. */
export const viewWord = (view: View): string => t(`navigation.${view}`);
