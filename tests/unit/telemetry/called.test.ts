import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NewActivity } from '#src/main/activity/activity-ports';
import { attributesOf, KnownNames, parentOf, spanAttributesOf, spanNameOf } from '#src/main/telemetry/called';
import { ACTIVITY_ROW } from '#tests/support/activity-row';

const said = (change: Partial<NewActivity>, names = new KnownNames()) =>
  attributesOf({ ...ACTIVITY_ROW, ...change }, names);

describe('what is said of a request', () => {
  test('follows the conventions of OpenTelemetry for MCP', () => {
    expect(said({})).toEqual({
      'mcp.method.name': 'tools/call',
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'search',
      'network.transport': 'tcp',
      'network.protocol.name': 'http',
      'holdfast.server': 'tickets',
      'holdfast.outcome': 'ok',
    });
    expect(spanNameOf(said({}))).toBe('tools/call search');
    expect(said({ method: 'prompts/get', name: 'review' })).toMatchObject({ 'gen_ai.prompt.name': 'review' });
    expect(spanNameOf(said({ method: 'tools/list', name: null }))).toBe('tools/list');
    expect(spanAttributesOf({ ...ACTIVITY_ROW, held_ms: 5, repeated: true })).toMatchObject({
      'mcp.session.id': 's_1',
      'holdfast.held_ms': 5,
      'holdfast.repeated': true,
    });
  });

  test('names the kind of an error: its code, or what became of the call', () => {
    expect(said({})['error.type']).toBeUndefined();
    expect(said({ outcome: 'tool_error' })).toMatchObject({ 'error.type': 'tool_error' });
    const row = { ...ACTIVITY_ROW, outcome: 'error', error_code: -32602 } as const;
    expect(said(row)).toMatchObject({ 'error.type': '-32602' });
    expect(spanAttributesOf(row)).toMatchObject({ 'rpc.response.status_code': '-32602' });
    expect(said({ outcome: 'lost', error_code: -32000 })['error.type']).toBe('lost');
    expect(said({ outcome: 'cancelled' })['error.type']).toBe('cancelled');
  });

  test('holds neither the text of an error nor the address of a resource', () => {
    const row = {
      ...ACTIVITY_ROW,
      outcome: 'error',
      error: 'canary-error',
      method: 'resources/read',
      name: 'canary://uri',
    } as const;
    const all = { ...attributesOf(row, new KnownNames()), ...spanAttributesOf(row) };
    expect(JSON.stringify([all, spanNameOf(all)])).not.toContain('canary');
  });

  test('bounds names that a client makes up', () => {
    expect(said({ method: 'any/thing' })['mcp.method.name']).toBe('other');
    expect(said({ name: 'Bearer abc def' })['gen_ai.tool.name']).toBe('other');
    const names = new KnownNames();
    const told = new Set(
      Array.from({ length: 5_000 }, (_, at) => said({ name: `tool_${at}` }, names)['gen_ai.tool.name']),
    );
    expect(told.size).toBe(2_001);
    expect(told.has('other')).toBe(true);
    expect(names.of('tool_7')).toBe('tool_7');
    const codes = Array.from({ length: 500 }, (_, error_code) => said({ outcome: 'error', error_code }, names));
    expect(new Set(codes.map((one) => one['error.type'])).size).toBe(51);
  });
});

const hex = (length: number) =>
  fc.array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length }).map((all) => all.join(''));

describe('a traceparent', () => {
  test('names the trace and the span of the caller', () => {
    fc.assert(
      fc.property(hex(32), hex(16), hex(2), (traceId, spanId, flags) => {
        const parent = parentOf(`00-${traceId}-${spanId}-${flags}`);
        const isZero = /^0+$/.test(traceId) || /^0+$/.test(spanId);
        expect(parent).toEqual(isZero ? null : { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1 });
      }),
    );
  });

  test.for([
    null,
    '',
    'nonsense',
    `ff-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`,
    `00-${'A'.repeat(32)}-${'b'.repeat(16)}-01`,
  ])('that is none says nothing: %s', (text) => {
    expect(parentOf(text)).toBeNull();
  });
});
