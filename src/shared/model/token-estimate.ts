/** An estimate of tokens, rounded to two digits: more would claim to be exact. */
export function roundedTokens(tokens: number): number {
  if (tokens < 100) return tokens;
  const unit = 10 ** (String(Math.round(tokens)).length - 2);
  return Math.round(tokens / unit) * unit;
}
