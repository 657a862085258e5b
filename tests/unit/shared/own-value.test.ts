import { describe, expect, test } from 'vitest';
import { unreachedOf, untrustedOf } from '#src/main/http-client/failures';
import { standardHeaders } from '#src/main/upstream/http/standard-headers';
import { refusalSentence } from '#src/main/upstream/login/flow-failures';
import { ownValue } from '#src/shared/model/own-value';
import { isNameTelling, programOf } from '#src/shared/model/program-names';

/** Names from outside that every object inherits mean nothing. */

describe.each(Object.getOwnPropertyNames(Object.prototype))('%s', (name) => {
  test('is in no record but in one that has it', () => {
    expect(ownValue({}, name)).toBeUndefined();
    expect(ownValue(Object.fromEntries([[name, 1]]), name)).toBe(1);
  });

  test('as a method has no subject', () => {
    const headers = standardHeaders({ jsonrpc: '2.0', id: 1, method: name, params: {} });
    expect(headers).toEqual({ 'mcp-method': name });
  });

  test('as what an authorization server answers is quoted', () => {
    expect(refusalSentence(name)).toContain(name.replace(/[^\w.-]/g, ''));
  });

  test('as a kind of client is one that is not known', () => {
    expect(programOf({ client_type: name, client_name: '' })).toBe(name);
    expect(isNameTelling({ client_type: name, client_name: 'x' })).toBe(false);
  });

  test('as the code of a failure is none that is known', () => {
    expect(unreachedOf({ code: name })).toBeNull();
    expect(untrustedOf({ code: name })).toBeNull();
  });
});
