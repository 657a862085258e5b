/** Prints where Holdfast is running and how to use it, and what the user should know of this start. */
export function printWelcome(
  { url, services }: { url: string; services: { info(): { notices: readonly string[] } } },
  folder: string,
): void {
  for (const notice of services.info().notices) console.log(`Notice:   ${notice}`);
  console.log(`Endpoint: ${url}`);
  console.log(`Data:     ${folder}`);
  console.log(`Connect:  create a key for your client in the Connect view, then point the client at ${url}/mcp`);
}
