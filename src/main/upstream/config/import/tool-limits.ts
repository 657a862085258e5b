import { type Sentence, said, sentences } from '../../../../shared/messages/said';
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
export function limitsRemark({ only, except }: ToolLimits, program: string): Sentence | '' {
  const parts = sentences(
    only === null
      ? ''
      : only.length === 0
        ? said('said.import.limits_all')
        : said('said.import.limits_only', { names: shown(only) }),
    except.length === 0 ? '' : said('said.import.limits_except', { names: shown(except) }),
  );
  return parts === '' ? '' : sentences(said('said.import.limits', { program }), parts);
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
  return names.length > FEW ? `${first.join(', ')}, … (${names.length})` : first.join(', ');
}
