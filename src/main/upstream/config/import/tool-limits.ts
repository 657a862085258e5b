import type { Json } from './json';

/** Which tools of a server another program shows its model. */
export interface ToolLimits {
  /** Only these; null for all. */
  readonly only: readonly string[] | null;
  /** None of these. */
  readonly except: readonly string[];
}

/** Fields that {@link limitsIn} reads: of Codex, and of Gemini CLI. */
export const LIMIT_FIELDS: readonly string[] = ['enabled_tools', 'disabled_tools', 'includeTools', 'excludeTools'];

/** Names that are taken; an entry with more is told as not taken. */
const MOST_NAMES = 500;
const LONGEST_NAME = 200;

/** The limits of an entry; null if it has none, or one that is not understood. */
export function limitsIn(value: Json): ToolLimits | null {
  if (!LIMIT_FIELDS.some((field) => value[field] !== undefined)) return null;
  const only = namesIn(value.enabled_tools ?? value.includeTools ?? null);
  const except = namesIn(value.disabled_tools ?? value.excludeTools ?? []);
  if (only === undefined || except === undefined || except === null) return null;
  return { only, except };
}

/** What a person is told of limits that come along. */
export function limitsRemark({ only, except }: ToolLimits, program: string): string {
  const parts = [
    only === null
      ? ''
      : only.length === 0
        ? 'all of it is hidden from it'
        : `only ${shown(only)} ${only.length === 1 ? 'is' : 'are'} shown to it`,
    except.length === 0 ? '' : `${shown(except)} ${except.length === 1 ? 'is' : 'are'} hidden from it`,
  ].filter(Boolean);
  if (parts.length === 0) return '';
  return `Its limit on tools comes along for ${program}, if that is connected: ${parts.join(', and ')}.`;
}

/** Undefined for what is no list of names. */
function namesIn(value: unknown): readonly string[] | null | undefined {
  if (value === null) return null;
  if (!Array.isArray(value) || value.length > MOST_NAMES) return undefined;
  const isName = (it: unknown): it is string => typeof it === 'string' && it !== '' && it.length <= LONGEST_NAME;
  return value.every(isName) ? [...new Set(value)] : undefined;
}

/** Names shown in one remark. */
const FEW = 8;

function shown(names: readonly string[]): string {
  const first = names.slice(0, FEW).map((name) => name.slice(0, 60));
  return names.length > FEW ? `${first.join(', ')} and ${names.length - FEW} more` : first.join(', ');
}
