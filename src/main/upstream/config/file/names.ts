import { serverNameSchema } from '../../../../shared/contract/server';

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
