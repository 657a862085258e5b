/** The origin of an address, for comparison; `URL.origin` is "null" for schemes that the URL standard does not know. */
export function originOf(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const { protocol, host } = new URL(address);
  return `${protocol}//${host}`;
}
