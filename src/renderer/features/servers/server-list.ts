import type { Server, Servers } from '../../../shared/contract/server';
import { memoryOf, needsAttention } from '../../format/server-words';

/** How many things the user should look at: servers, and the file itself if it has errors. */
export function attentionCount(servers: Servers | null): number {
  if (!servers) return 0;
  return servers.servers.filter(needsAttention).length + (servers.problems.length > 0 ? 1 : 0);
}

/** Memory of all servers, in bytes; null when unknown. */
export function memoryOfAll(servers: readonly Server[]): number | null {
  const known = servers.map(memoryOf).filter((bytes) => bytes !== null);
  return known.length > 0 ? known.reduce((sum, bytes) => sum + bytes, 0) : null;
}

/** The query that lists the sessions which a server serves. */
export function sessionsQuery({ name, policy, instances }: Server): string {
  const ids = instances.map(({ session_id }) => session_id).filter((id) => id !== null);
  // With a process per session, exactly these. With one for all, any session that can reach it may use it.
  if (policy === 'per-session' && ids.length > 0 && ids.length <= MOST_IDS) return `id:${ids.join(',')}`;
  return `server:${name},all`;
}

/** More ids than this make the URL unreadable. */
const MOST_IDS = 12;

/** Where clients reach this one server. */
export const addressOf = (origin: string, name: string): string => `${origin}/mcp/${name}`;
