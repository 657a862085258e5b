import { McpHttp } from './mcp-http';

/** A host at which a client can be added. */
interface ChatHost {
  readonly url: string;
  newClient(): { readonly key: string };
}

/** A session of a new client, at the address of all servers or, with a path, at another one. */
export async function chat(host: ChatHost, path = ''): Promise<McpHttp> {
  const client = new McpHttp({ url: `${host.url}${path}` }, host.newClient().key);
  await client.initialize();
  return client;
}

/** The names of the tools that the client is listed first. */
export async function toolNames(client: McpHttp): Promise<string[]> {
  const { tools } = await client.ask('tools/list');
  return tools.map(({ name }: { name: string }) => name);
}
