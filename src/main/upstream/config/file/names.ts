import { serverNameSchema } from '../../../../shared/contract/server';
import { said } from '../../../../shared/messages/said';
import { showInvisible } from '../../../../shared/visible-text';

const LONGEST = 40;

/**
 * A valid server name that is not taken and as close as possible to the one wanted.
 * @param hint - suffix to try when the name is taken, before falling back to a number
 */
export function proposeName(wished: string, taken: ReadonlySet<string>, hint?: string): string {
  const plain = wished
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const base = /^[A-Za-z]/.test(plain) ? plain : ['server', plain].filter(Boolean).join('-');
  const withEnd = (end: string) => `${base.slice(0, LONGEST - end.length).replace(/-+$/, '')}${end}`;
  const candidates = [withEnd(''), ...(hint === undefined ? [] : [withEnd(`-${hint}`)])];
  for (const candidate of candidates) if (isFree(candidate, taken)) return candidate;
  for (let number = 2; ; number += 1) {
    const candidate = withEnd(`-${number}`);
    if (isFree(candidate, taken)) return candidate;
  }
}

const isFree = (name: string, taken: ReadonlySet<string>): boolean =>
  !taken.has(name) && serverNameSchema.safeParse(name).success;

/** What keeps a name from being a server's here, as a sentence: `"a b" contains a space.` Null if nothing does. */
export function whyUnfit(name: string): string | null {
  if (serverNameSchema.safeParse(name).success) return null;
  const shown = `"${showInvisible(name.slice(0, LONGEST))}"`;
  if (name === '') return said('said.import.no_name');
  const [odd] = name.match(/[^A-Za-z0-9-]/u) ?? [];
  if (odd !== undefined) {
    return /\s/.test(odd)
      ? said('said.import.space', { name: shown })
      : said('said.import.character', { name: shown, character: showInvisible(odd) });
  }
  const long = `"${showInvisible(name.slice(0, LONGEST))}…"`;
  if (name.length > LONGEST) return said('said.import.long_name', { name: long, most: LONGEST });
  return said('said.import.no_letter', { name: shown });
}
