import { CircleCheck, CirclePlus, CircleSlash, type LucideIcon, PenLine } from 'lucide-react';
import { Fragment } from 'react';
import type { ImportCandidate } from '../../../../shared/contract/server';
import { t } from '../../../../shared/messages/language';
import { PROGRAM_NAMES } from '../../../../shared/model/program-names';
import { showInvisible } from '../../../../shared/visible-text';
import { cx } from '../../../ui/cx';
import { Said } from '../../../ui/said';
import { Table, Td, Th, Tr } from '../../../ui/table';
import { type ImportGroup, isTakeable, VERDICT_WORDS } from './import-groups';

export interface ImportTableProps {
  groups: readonly ImportGroup[];
  /** Ids of the entries to import. */
  chosen: ReadonlySet<string>;
  onChoose(chosen: ReadonlySet<string>): void;
}

/** What each program has, what it would be called here, and why something cannot be imported. */
export function ImportTable({ groups, chosen, onChoose }: ImportTableProps) {
  if (groups.length === 0) return null;
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChoose(next);
  };
  return (
    <Table className="table-fixed">
      <caption className="sr-only">{t('server_import.caption')}</caption>
      <colgroup>
        <col className="w-10" />
        <col className="w-40" />
        <col />
        <col className="w-56" />
      </colgroup>
      <thead className="sticky top-0 z-10 bg-surface shadow-[0_1px_0_var(--line)]">
        <tr>
          <Th>
            <span className="sr-only">{t('server_import.column.import')}</span>
          </Th>
          <Th>{t('server_import.column.name')}</Th>
          <Th>{t('server_import.column.command')}</Th>
          <Th>{t('server_import.column.verdict')}</Th>
        </tr>
      </thead>
      <tbody>
        {groups.map(({ source, file, candidates }) => (
          <Fragment key={`${source} ${file}`}>
            <tr className="border-line border-t bg-sunken">
              <th colSpan={4} scope="colgroup" translate="no" className="px-3 py-1.5 font-medium text-ink text-sm">
                {PROGRAM_NAMES[source]}{' '}
                <code className="break-all font-mono font-normal text-ink-3 text-xs">{file}</code>
              </th>
            </tr>
            {candidates.map((candidate) => (
              <CandidateRow
                key={candidate.id}
                candidate={candidate}
                isChosen={chosen.has(candidate.id)}
                onToggle={() => toggle(candidate.id)}
              />
            ))}
          </Fragment>
        ))}
      </tbody>
    </Table>
  );
}

function CandidateRow({
  candidate,
  isChosen,
  onToggle,
}: {
  candidate: ImportCandidate;
  isChosen: boolean;
  onToggle(): void;
}) {
  const { name, original_name, command, args, url, env_names, header_names } = candidate;
  const takeable = isTakeable(candidate);
  const what = showInvisible(command === null ? (url ?? '') : [command, ...args].join(' '));
  const secrets = [...env_names, ...header_names];
  return (
    <Tr data-candidate={candidate.id}>
      <Td className="align-top">
        <label className="flex h-9 w-6 items-center justify-center">
          <input
            type="checkbox"
            aria-label={t('server_import.choose', { name })}
            checked={isChosen}
            disabled={!takeable}
            onChange={onToggle}
            className="size-4 accent-[var(--accent)]"
          />
        </label>
      </Td>
      <Td className="break-words py-2 align-top">
        <span translate="no" className={cx('font-medium', !takeable && 'text-ink-3')}>
          {name}
        </span>
        {name !== original_name && (
          <span className="block text-ink-3 text-xs">
            {t('server_import.originally', { name: showInvisible(original_name) })}
          </span>
        )}
      </Td>
      <Td className="py-2 align-top">
        <code translate="no" className="block break-all font-mono text-ink-2 text-xs leading-5">
          {what}
        </code>
        {secrets.length > 0 && (
          <span className="block break-words text-ink-3 text-xs">
            {t('server_import.with', { names: secrets.map(showInvisible).join(', ') })}
          </span>
        )}
      </Td>
      <Td className="py-2 align-top">
        <Verdict candidate={candidate} />
      </Td>
    </Tr>
  );
}

const ICONS: Readonly<Record<ImportCandidate['verdict'], readonly [icon: LucideIcon, colour: string]>> = {
  new: [CirclePlus, 'text-active'],
  renamed: [PenLine, 'text-disconnected'],
  same: [CircleCheck, 'text-ink-3'],
  not_possible: [CircleSlash, 'text-danger'],
  holdfast: [CircleCheck, 'text-ink-3'],
};

function Verdict({ candidate: { verdict, remark } }: { candidate: ImportCandidate }) {
  const [Icon, colour] = ICONS[verdict];
  return (
    <span className="flex items-start gap-1.5">
      <Icon size={14} aria-hidden className={cx('mt-[3px] shrink-0', colour)} />
      <span className="min-w-0">
        <span className={cx('font-medium', colour)}>{VERDICT_WORDS[verdict]}</span>
        {remark !== '' && <Said text={remark} className="block break-words text-ink-2 text-xs" />}
      </span>
    </span>
  );
}
