import { cx } from './cx';

/**
 * What is wrong with a filter's text. It covers what is below the box for a moment instead of pushing it down while the user
 * types.
 *
 * @param id - named by the box as its description
 */
export const FilterProblem = ({ id, problem }: { id: string; problem: string | undefined }) => (
  <p
    id={id}
    role="status"
    className={cx(
      'absolute top-0.5 start-3 z-20 max-w-[95%] text-disconnected text-sm',
      problem !== undefined && 'rounded-md border border-line bg-surface px-3 py-1 shadow-overlay',
    )}
  >
    {problem}
  </p>
);
