import type { KeptChild } from './keeper-ports';
import { endGroup, startedAt } from './process-group.js';

/**
 * Ends the process groups of recorded children that no keeper owns any more. The pid may have been reused, so a group is
 * ended only when its leader is still the recorded process. Resolves within 5 s with the children whose groups were ended.
 */
export async function endLeftOvers(children: readonly KeptChild[]): Promise<KeptChild[]> {
  const ours = children.filter(({ pid, pid_started }) => pid_started !== '' && startedAt(pid) === pid_started);
  await Promise.all(ours.map(({ pid }) => endGroup(pid)));
  return ours;
}
