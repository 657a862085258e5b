import { PROGRAM_NAMES } from '../../../../shared/model/program-names';

/** The programs whose own servers can be read. */
export const IMPORTED_FROM: ReadonlySet<string> = new Set(Object.keys(PROGRAM_NAMES));
