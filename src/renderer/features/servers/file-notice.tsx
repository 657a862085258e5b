import { TriangleAlert } from 'lucide-react';
import { visible } from '../../../shared/visible-text';
import { formatClock } from '../../format/time';
import { useHoldfast } from '../../store/use-holdfast';
import { CopyButton } from '../../ui/copy-button';

/** Where the servers are stored, what is wrong with that file, and who owns their processes. Blocks nothing. */
export function FileNotice() {
  const servers = useHoldfast((state) => state.servers);
  if (!servers) return null;
  const { file, problems, keeper } = servers;
  return (
    <div className="flex flex-col gap-2">
      {problems.length > 0 && (
        <div
          role="status"
          className="flex items-start gap-2 rounded-lg bg-disconnected-soft px-3 py-2 text-disconnected text-sm"
        >
          <TriangleAlert size={16} aria-hidden className="mt-0.5 shrink-0" />
          <div className="min-w-0">
            <p className="font-medium">The servers file has an error. What could be read stays in use.</p>
            <ul className="list-disc pl-5">
              {problems.map((problem) => (
                <li key={problem} className="break-words">
                  {visible(problem)}
                </li>
              ))}
            </ul>
          </div>
        </div>
      )}
      <p className="flex flex-wrap items-center gap-x-1.5 text-ink-3 text-sm">
        Stored in <code className="break-all font-mono text-xs">{file}</code>
        <CopyButton text={file} label="Copy the path" iconOnly />
        which you can also edit.
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
