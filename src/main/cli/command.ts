import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { HoldfastError } from '../../shared/errors';
import type { ExitCode } from './exit-codes';

/** The arguments after the subcommand's name. */
export interface Given {
  readonly positionals: readonly string[];
  flag(name: string): boolean;
  text(name: string): string | undefined;
  /** Of an option that may be given more than once. */
  all(name: string): readonly string[];
}

/** A subcommand. */
export interface Command {
  /** The text that `--help` prints. */
  readonly help: string;
  readonly options: ParseArgsOptionsConfig;
  /** Maximum number of arguments besides options. */
  readonly maxPositionals: number;
  /**
   * Runs the subcommand and resolves with the exit code.
   * @throws HoldfastError `invalid_input` for wrong usage, `unreachable` when Holdfast is not running
   */
  run(given: Given): Promise<ExitCode>;
}

/**
 * Parses the arguments of a subcommand.
 * @throws HoldfastError `invalid_input` for an unknown or malformed option or too many arguments
 */
export function readArguments({ options, maxPositionals }: Command, args: readonly string[]): Given {
  const help = { help: { type: 'boolean', short: 'h' } } as const;
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args: [...args], options: { ...options, ...help }, allowPositionals: true });
  } catch (error) {
    // What follows is advice on quoting, which helps nobody who mistyped an option.
    const [sentence = ''] = (error as Error).message.split(/\. |\.?\n/);
    throw new HoldfastError('invalid_input', `${sentence}.`, { cause: error });
  }
  const { values, positionals } = parsed;
  if (positionals.length > maxPositionals) {
    throw new HoldfastError('invalid_input', `"${positionals[maxPositionals]}" is one word too many.`);
  }
  return {
    positionals,
    flag: (name) => values[name] === true,
    text: (name) => (typeof values[name] === 'string' ? values[name] : undefined),
    all: (name) => [values[name] ?? []].flat().filter((value) => typeof value === 'string'),
  };
}
