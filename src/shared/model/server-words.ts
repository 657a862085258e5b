import type { ServerListRemark } from '../contract/server';

/** A remark on something that a server listed, as one line. */
export const remarkLine = ({ kind, name, problem, done }: ServerListRemark): string =>
  `${kind === 'list' ? `list of ${name}` : `${kind} "${name}"`}: ${problem} ${done}`;
