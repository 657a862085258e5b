import type { ServerListRemark } from '../contract/server';

/** A remark on something that a server listed, as one line. */
export const remarkLine = ({ kind, name, problem, done }: ServerListRemark): string =>
  `${kind === 'list' ? `list of ${name}` : `${kind} "${name}"`}: ${problem} ${done}`;

/** What a server is called that speaks HTTP+SSE (MCP 2024-11-05) in place of Streamable HTTP. */
export const OLDER_TRANSPORT = 'older transport (SSE)';
