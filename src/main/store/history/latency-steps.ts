/**
 * Upper bounds of the latency histogram, in ms. Never change them: they are columns of the rollup tables. Each is about 1.5
 * times the one before, so a percentile read from the histogram is at most that much too high. Longer calls count in the
 * last step.
 */
export const LATENCY_STEPS = [
  0.5, 1, 1.5, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1_000, 1_500, 2_000, 3_000, 5_000,
  7_000, 10_000, 15_000, 20_000, 30_000, 60_000, 120_000, 300_000,
] as const;

export type LatencyColumn = `latency_${number}`;

/** Columns of the histogram, one for each of the {@link LATENCY_STEPS}. */
export const LATENCY_COLUMNS: readonly LatencyColumn[] = LATENCY_STEPS.map((_, step) => `latency_${step}` as const);

/** The column in which a call with this latency is counted. */
export function latencyColumn(latencyMs: number): LatencyColumn {
  const step = LATENCY_STEPS.findIndex((bound) => latencyMs <= bound);
  return `latency_${step === -1 ? LATENCY_STEPS.length - 1 : step}`;
}

/**
 * Upper bound, in ms, of the step that contains the quantile; null when nothing was counted.
 * @param counts - calls per step, in the order of {@link LATENCY_STEPS}
 * @param quantile - between 0 and 1
 */
export function latencyQuantile(counts: readonly number[], quantile: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const rank = Math.max(1, Math.ceil(total * quantile));
  let seen = 0;
  for (const [step, count] of counts.entries()) {
    seen += count;
    if (seen >= rank) return LATENCY_STEPS[step] ?? null;
  }
  return null;
}
