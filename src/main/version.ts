import { version } from '../../package.json';

/** The version of this Holdfast. */
export const VERSION: string = version;
