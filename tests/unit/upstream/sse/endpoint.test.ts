import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RequestFailed } from '#src/main/http-client/failures';
import { endpointIn } from '#src/main/upstream/sse/endpoint';

const STREAM = 'https://team:hush@mcp.example.com:8443/v1/sse?tenant=7#top';
const ORIGIN = 'https://mcp.example.com:8443';

describe('the address in an endpoint event', () => {
  test.for([
    ['/messages?session=1', '/messages?session=1'],
    ['messages/?session_id=a%20b', '/v1/messages/?session_id=a%20b'],
    ['?session=1', '/v1/sse?session=1'],
    ['https://mcp.example.com:8443/m', '/m'],
    ['HTTPS://MCP.example.com:8443/m', '/m'],
    ['  /messages \n', '/messages'],
    ['\\messages', '/messages'],
  ])('%s is within that of the stream', ([data, path]) => {
    expect(endpointIn(data ?? '', STREAM)).toBe(`https://team:hush@mcp.example.com:8443${path}`);
  });

  test.for([
    ['https://elsewhere.example/m', 'https://elsewhere.example'],
    ['http://mcp.example.com:8443/m', 'http://mcp.example.com:8443'],
    ['https://mcp.example.com/m', 'https://mcp.example.com'],
    ['//elsewhere.example/m', 'https://elsewhere.example'],
    ['\\\\elsewhere.example/m', 'https://elsewhere.example'],
    ['/\t/elsewhere.example/m', 'https://elsewhere.example'],
    ['https://mcp.example.com:8443@elsewhere.example/m', 'https://elsewhere.example'],
  ])('%s is elsewhere', ([data, where]) => {
    expect(() => endpointIn(data ?? '', STREAM)).toThrow(
      `wants its messages at ${where}, where the headers of its entry must not go`,
    );
  });

  test.for(['', ' ', 'https://', 'http://[', `/${'x'.repeat(9_000)}`])('%s is none', (data) => {
    expect(() => endpointIn(data, STREAM)).toThrow('named no usable address for messages');
  });

  test('never leaves the origin, and never takes along another user', () => {
    const piece = fc.constantFrom(
      'http:',
      'https:',
      'file:',
      'data:',
      '//',
      '/',
      '\\',
      '@',
      ':',
      '?',
      '#',
      '.',
      '..',
      '\t',
    );
    const host = fc.constantFrom('mcp.example.com', 'elsewhere.example', '8443', 'eve', 'hush', '[::1]', '%2f');
    const data = fc.oneof(
      fc.string(),
      fc.array(fc.oneof(piece, host), { maxLength: 8 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(data, (text) => {
        try {
          const url = new URL(endpointIn(text, STREAM));
          expect([url.origin, url.username, url.password]).toEqual([ORIGIN, 'team', 'hush']);
        } catch (error) {
          expect(error).toBeInstanceOf(RequestFailed);
        }
      }),
    );
  });
});
