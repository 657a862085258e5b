// A real MCP client that does what its parent says. Options come in CLIENT_OPTIONS: { url, key, sessionId?, name?, version?, lists? }.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

const {
  url,
  key,
  sessionId,
  name: program = 'e2e-client',
  version = '1.2.3',
  lists = false,
} = JSON.parse(process.env.CLIENT_OPTIONS ?? '{}');
const client = new Client({ name: program, version });
const transport = new StreamableHTTPClientTransport(new URL(url), {
  requestInit: { headers: { Authorization: `Bearer ${key}` } },
  ...(sessionId ? { sessionId, protocolVersion: '2025-11-25' } : {}),
});

try {
  await client.connect(transport);
  if (lists) await client.listTools();
  process.send?.({ transportId: transport.sessionId });
} catch (error) {
  process.send?.({ error: String(error) });
}

process.on('message', async ({ id, name, args }) => {
  try {
    process.send?.({ id, result: await client.callTool({ name, arguments: args }) });
  } catch (error) {
    process.send?.({ id, error: String(error) });
  }
});
