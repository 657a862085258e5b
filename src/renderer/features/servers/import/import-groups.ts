import type { ImportCandidate, ImportPreview, ImportSource } from '../../../../shared/contract/server';
import { t } from '../../../../shared/messages/language';

export const VERDICT_WORDS: Readonly<Record<ImportCandidate['verdict'], string>> = {
  new: t('server_import.verdict.new'),
  renamed: t('server_import.verdict.renamed'),
  same: t('server_import.verdict.same'),
  not_possible: t('server_import.verdict.not_possible'),
  holdfast: t('server_import.verdict.holdfast'),
};

/** What one program has in one file. */
export interface ImportGroup {
  readonly source: ImportSource;
  readonly file: string;
  readonly candidates: readonly ImportCandidate[];
}

/** Whether it can be imported at all. */
export const isTakeable = ({ verdict }: ImportCandidate): boolean => verdict === 'new' || verdict === 'renamed';

/** Candidates by program and file, in the order in which they were found. */
export function groupsOf({ candidates }: ImportPreview): readonly ImportGroup[] {
  const groups = new Map<string, { source: ImportSource; file: string; candidates: ImportCandidate[] }>();
  for (const candidate of candidates) {
    const { source, file } = candidate;
    const key = `${source}\n${file}`;
    const group = groups.get(key) ?? { source, file, candidates: [] };
    group.candidates.push(candidate);
    groups.set(key, group);
  }
  return [...groups.values()];
}
