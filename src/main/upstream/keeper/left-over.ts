import { readdirSync, readFileSync } from 'node:fs';
import { CHILD_MARK } from './environment';
import type { KeptChild } from './keeper-ports';
import { endGroup, groupOf, isDead, signalGroup, startedAt } from './process-group.js';

/**
 * Ends the process groups of children that no keeper owns any more. A pid alone may mean a stranger by now: a group is ended
 * only when its leader still is the process that was recorded or, on Linux, when a process of it carries the child's mark.
 * Resolves within 5 s with those that were ended.
 */
export async function endLeftOvers(children: readonly KeptChild[]): Promise<KeptChild[]> {
  const ours = children.filter((child) => isStill(child) || (isDead(child.pid) && hasMarkedMember(child)));
  await Promise.all(ours.map(({ pid }) => endGroup(pid)));
  return ours;
}

/** The same for children whose keeper was lost just now: a group without its leader is theirs, no other can have its number yet. */
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
