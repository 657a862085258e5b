/** Whether calls that last longer than their client waits become a handle; `auto`: of tools that took longer before. */
export type LongCallMode = 'off' | 'on' | 'auto';

/** For the tools of one server, by their names. `*` is for all others. */
export type LongCallRules = Readonly<Record<string, LongCallMode>>;

/** What holds for a tool. */
export const longCallMode = (rules: LongCallRules | undefined, tool: string): LongCallMode =>
  (rules && Object.hasOwn(rules, tool) ? rules[tool] : rules?.['*']) ?? 'auto';
