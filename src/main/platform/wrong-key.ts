import { createHmac } from 'node:crypto';

/**
 * A key that belongs to nobody, for the doctor to be refused with. Made from the admin key, so that nobody else can send it: the
 * endpoint refuses it like any wrong key, but does not tell the user that somebody has one.
 */
export const wrongKeyOfDoctor = (adminKey: string): string =>
  `hf_${createHmac('sha256', adminKey).update('a key of nobody').digest('base64url')}`;
