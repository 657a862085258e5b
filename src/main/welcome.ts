/** Prints where Holdfast is running and how to use it. */
export function printWelcome({ url }: { url: string }, folder: string): void {
  console.log(`Endpoint: ${url}`);
  console.log(`Data:     ${folder}`);
  console.log(`Connect:  create a key for your client in the Connect view, then point the client at ${url}/mcp`);
}
