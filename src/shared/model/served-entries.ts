import type { ImportCandidate, ImportSource, Server } from '../contract/server';

/**
 * Names of the entries in another program's file that run behind Holdfast, with the same command, address and values. Of
 * entries of one name in a file, the first is meant: those of projects follow those that hold everywhere.
 */
export function servedEntries(
  candidates: readonly ImportCandidate[],
  servers: readonly Pick<Server, 'name'>[],
  { source, file }: { readonly source: string | ImportSource; readonly file: string | null },
): string[] {
  const here = new Set(servers.map(({ name }) => name));
  const first = new Map<string, boolean>();
  for (const candidate of candidates) {
    const { original_name, name, verdict } = candidate;
    if (candidate.source !== source || candidate.file !== file || first.has(original_name)) continue;
    // An entry that is only the twin of another entry that could be imported is not here yet.
    first.set(original_name, verdict === 'same' && here.has(name));
  }
  return [...first].flatMap(([name, isServed]) => (isServed ? [name] : []));
}
