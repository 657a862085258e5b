import { readdirSync, readFileSync } from 'node:fs';
import { CHILD_MARK } from './environment';
import type { KeptChild } from './keeper-ports';
import { endGroup, groupOf, isDead, signalGroup, startedAt } from './process-group.js';

/**
 * Ends the process groups of children that no keeper owns any more. The pid may have been reused, so a group is ended
 * only when its leader is still the recorded process or, on Linux, when one of its processes carries the child's mark.
 * Resolves within 5 s with the children whose groups were ended.
 */
export async function endLeftOvers(children: readonly KeptChild[]): Promise<KeptChild[]> {
  const ours = children.filter((child) => isStill(child) || (isDead(child.pid) && hasMarkedMember(child)));
  await Promise.all(ours.map(({ pid }) => endGroup(pid)));
  return ours;
}

/**
 * Ends the process group of a child whose keeper was lost just now. Unlike {@link endLeftOvers}, it also ends a group
 * without a leader: its number cannot have been reused yet.
 */
export async function endAbandoned(child: KeptChild): Promise<void> {
  if (isStill(child) || isDead(child.pid)) await endGroup(child.pid);
}

const isStill = ({ pid, pid_started }: KeptChild): boolean => pid_started !== '' && startedAt(pid) === pid_started;

function hasMarkedMember({ pid, child_id }: KeptChild): boolean {
  if (process.platform !== 'linux' || !signalGroup(pid, 0)) return false;
  const mark = `${CHILD_MARK}=${child_id}`;
  return readdirSync('/proc').some((name) => {
    if (!/^\d+$/.test(name) || groupOf(Number(name)) !== pid) return false;
    try {
      return readFileSync(`/proc/${name}/environ`, 'utf8').split('\0').includes(mark);
    } catch {
      return false;
    }
  });
}
