import { FileKey, KeyRound, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { visible } from '../../../shared/visible-text';
import { formatClock } from '../../format/time';
import { useHoldfast } from '../../store/use-holdfast';
import { CopyButton } from '../../ui/copy-button';

/**
 * Where the servers and their secrets are stored, what is wrong with that, and who owns their processes. Blocks nothing.
 */
export function FileNotice() {
  const servers = useHoldfast((state) => state.servers);
  if (!servers) return null;
  const { file, problems, keeper, secrets } = servers;
  return (
    <div className="flex flex-col gap-2">
      {problems.length > 0 && (
        <Warning title="The servers file has an error. What could be read stays in use.">
          <ul className="list-disc pl-5">
            {problems.map((problem) => (
              <li key={problem} className="break-words">
                {visible(problem)}
              </li>
            ))}
          </ul>
        </Warning>
      )}
      {secrets.problem !== null && (
        <Warning title="Some secrets of servers cannot be read. Servers that need them do not start.">
          <p className="break-words">{secrets.problem}</p>
        </Warning>
      )}
      <p className="flex flex-wrap items-center gap-x-1.5 text-ink-3 text-sm">
        Stored in <code className="break-all font-mono text-xs">{file}</code>
        <CopyButton text={file} label="Copy the path" iconOnly />
        which you can also edit.
        <span data-protection className="flex items-center gap-x-1.5">
          {secrets.in_keychain ? <KeyRound size={13} aria-hidden /> : <FileKey size={13} aria-hidden />}
          {secrets.protection}
        </span>
        {keeper && (
          <span>
            Their processes belong to the keeper (process {keeper.pid}, since {formatClock(keeper.started_at)}) and
            outlive Holdfast.
          </span>
        )}
      </p>
    </div>
  );
}

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
