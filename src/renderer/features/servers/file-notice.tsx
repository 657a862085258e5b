import { FileKey, KeyRound, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { t } from '../../../shared/messages/language';
import { useHoldfast } from '../../store/use-holdfast';
import { CopyButton } from '../../ui/copy-button';
import { RichMessage } from '../../ui/rich-message';
import { Said } from '../../ui/said';
import { Protection } from './protection';

/** What is wrong with the servers file; nothing when all is well. */
export function ServersFileProblems() {
  const problems = useHoldfast((state) => state.servers?.problems) ?? [];
  if (problems.length === 0) return null;
  return (
    <Warning title={t('servers.file_problem')}>
      <ul className="list-disc ps-5">
        {problems.map((problem) => (
          <li key={problem} className="break-words">
            <Said text={problem} />
          </li>
        ))}
      </ul>
    </Warning>
  );
}

/** What is wrong with the stored secrets; nothing when all is well. */
export function SecretsProblem() {
  const problem = useHoldfast((state) => state.servers?.secrets.problem) ?? null;
  if (problem === null) return null;
  return (
    <Warning title={t('servers.secrets_problem')}>
      <p className="break-words">
        <Said text={problem} />
      </p>
    </Warning>
  );
}

/** Where the servers and their secrets are stored: one small line at the end of the view. */
export function FileNotice() {
  const servers = useHoldfast((state) => state.servers);
  if (!servers) return null;
  const { file, secrets } = servers;
  return (
    <p className="flex flex-wrap items-center gap-x-1.5 border-line border-t px-5 py-1 text-ink-3 text-xs">
      <span>
        <RichMessage id="servers.stored" values={{ file: <FilePath key="file" file={file} /> }} />
      </span>
      <CopyButton text={file} label={t('servers.copy_path')} iconOnly />
      {/* A low window has no line to spare; Settings and Diagnostics say it, too. */}
      <span data-protection className="flex items-center gap-x-1.5 [@media(max-height:37rem)]:hidden">
        {secrets.in_keychain ? <KeyRound size={13} aria-hidden /> : <FileKey size={13} aria-hidden />}
        <Protection text={secrets.protection} />
      </span>
    </p>
  );
}

const FilePath = ({ file }: { file: string }) => (
  <code translate="no" className="break-all font-mono">
    {file}
  </code>
);

function Warning({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div
      role="status"
      className="flex items-start gap-2 rounded-lg bg-disconnected-soft px-3 py-2 text-disconnected text-sm"
    >
      <TriangleAlert size={16} aria-hidden className="mt-0.5 shrink-0" />
      <div className="min-w-0">
        <p className="font-medium">{title}</p>
        {children}
      </div>
    </div>
  );
}
