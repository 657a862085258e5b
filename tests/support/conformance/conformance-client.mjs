#!/usr/bin/env node
// What the conformance suite starts as the client under test: it tells the test which server to use, and ends when the test
// has used it. Arguments: address of the test, then, from the suite, address of the server.
const [control = '', server] = process.argv.slice(2);
const { MCP_CONFORMANCE_CONTEXT = '{}', MCP_CONFORMANCE_SCENARIO: scenario } = process.env;
const context = JSON.parse(MCP_CONFORMANCE_CONTEXT);
const protocolVersion = process.env.MCP_CONFORMANCE_PROTOCOL_VERSION;
const response = await fetch(control, {
  method: 'POST',
  body: JSON.stringify({ server, scenario, protocolVersion, context }),
});
if (!response.ok) {
  console.error(await response.text());
  process.exit(1);
}
