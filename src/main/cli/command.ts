import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { HoldfastError } from '../../shared/errors';
import type { ExitCode } from './exit-codes';

/** What was given on the command line, after the subcommand's name. */
export interface Given {
  readonly positionals: readonly string[];
  flag(name: string): boolean;
  text(name: string): string | undefined;
}

/** One subcommand. */
export interface Command {
  /** The whole text of `--help`. */
  readonly help: string;
  readonly options: ParseArgsOptionsConfig;
  /** How many words it takes at most besides its options. */
  readonly maxPositionals: number;
  /**
   * Resolves with the exit code when the work is over.
   * @throws HoldfastError `invalid_input` for wrong usage, `unreachable` when Holdfast is not running
   */
  run(given: Given): Promise<ExitCode>;
}

/**
 * Reads the arguments of a subcommand.
 * @throws HoldfastError `invalid_input` that says what is wrong with them
 */
export function readArguments({ options, maxPositionals }: Command, args: readonly string[]): Given {
  const help = { help: { type: 'boolean', short: 'h' } } as const;
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args: [...args], options: { ...options, ...help }, allowPositionals: true });
  } catch (error) {
    throw new HoldfastError('invalid_input', (error as Error).message, { cause: error });
  }
  const { values, positionals } = parsed;
  if (positionals.length > maxPositionals) {
    throw new HoldfastError('invalid_input', `"${positionals[maxPositionals]}" is one word too many.`);
  }
  return {
    positionals,
    flag: (name) => values[name] === true,
    text: (name) => (typeof values[name] === 'string' ? values[name] : undefined),
  };
}
