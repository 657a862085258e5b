import { describe, expect, test } from 'vitest';
import { ERRORS, HoldfastError, RECONNECT_FAILURES, toErrorJson } from '#src/shared/errors';

describe('the registry of errors', () => {
  test('has every reconnect code of the contract', () => {
    expect(Object.keys(RECONNECT_FAILURES).sort()).toEqual(
      [
        'internal_error',
        'invalid_token',
        'invalid_token_purpose',
        'rate_limited',
        'session_already_disconnected',
        'session_id_mismatch',
        'session_not_found',
        'token_expired',
        'token_mismatch',
        'token_reused',
      ].sort(),
    );
  });

  test.each(Object.entries(ERRORS))('%s says what happened and has an HTTP status', (_code, { status, sentence }) => {
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(sentence).toMatch(/^[A-Z].{10,}[.]$/);
  });

  test('only what may pass by itself is said to be worth another try', () => {
    const retryable = Object.entries(ERRORS).flatMap(([code, { retryable }]) => (retryable ? [code] : []));
    expect(retryable.sort()).toEqual(
      [
        'internal_error',
        'rate_limited',
        'server_unavailable',
        'shutting_down',
        'storage_unavailable',
        'unreachable',
      ].sort(),
    );
  });
});

describe('an error on its way out', () => {
  test('takes the registry’s sentence when it has none of its own', () => {
    expect(toErrorJson(new HoldfastError('token_expired'))).toEqual({
      code: 'token_expired',
      message: ERRORS.token_expired.sentence,
      retryable: false,
    });
    expect(toErrorJson(new HoldfastError('invalid_input', 'name is missing')).message).toBe('name is missing');
  });

  test('of a defect tells nothing of its inside', () => {
    const json = JSON.stringify(toErrorJson(new Error('hf_secret at /home/someone')));
    expect(json).not.toContain('hf_secret');
    expect(JSON.parse(json)).toMatchObject({ code: 'internal_error', retryable: true });
    for (const thrown of ['text', null, undefined, 7]) expect(toErrorJson(thrown).code).toBe('internal_error');
  });

  test('keeps its cause and its wait', () => {
    const cause = new Error('disk');
    const error = new HoldfastError('rate_limited', undefined, { cause, retryAfter: 1_500 });
    expect(error).toMatchObject({ cause, retryAfter: 1_500, name: 'HoldfastError', code: 'rate_limited' });
  });
});
