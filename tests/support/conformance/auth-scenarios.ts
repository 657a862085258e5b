import { type LoginSettings, NO_LOGIN_SETTINGS } from '#src/main/upstream/login/login-settings';
import type { Told } from './conformance-suite';

/** The client id metadata document that `auth/basic-cimd` expects to be named. Nobody fetches it. */
const CLIENT_METADATA_URL = 'https://conformance-test.local/client-metadata.json';

const BOTH = [
  'metadata-default',
  'metadata-var1',
  'metadata-var2',
  'metadata-var3',
  'basic-cimd',
  'scope-from-www-authenticate',
  'scope-from-scopes-supported',
  'scope-omitted-when-undefined',
  'scope-step-up',
  'scope-retry-limit',
  'token-endpoint-auth-basic',
  'token-endpoint-auth-post',
  'token-endpoint-auth-none',
  'pre-registration',
];

const SINCE_2026_07_28 = [
  'resource-mismatch',
  'offline-access-scope',
  'offline-access-not-supported',
  'authorization-server-migration',
  'iss-supported',
  'iss-not-advertised',
  'iss-supported-missing',
  'iss-wrong-issuer',
  'iss-unexpected',
  'iss-normalized',
  'metadata-issuer-mismatch',
];

const named = (names: readonly string[]): string[] => names.map((name) => `auth/${name}`);

/** What each revision requires of a client that logs in, as the suite's runner names it. */
export const AUTH_SCENARIOS = {
  '2025-11-25': named(BOTH),
  '2026-07-28': named([...BOTH, ...SINCE_2026_07_28]),
} as const;

/** Of an older revision, without metadata of the protected resource. */
export const OLD_AUTH_SCENARIOS = named(['2025-03-26-oauth-metadata-backcompat', '2025-03-26-oauth-endpoint-fallback']);

/** Extensions, which no revision requires. They run without `specVersion`. */
export const MACHINE_AUTH_SCENARIOS = named(['client-credentials-basic', 'client-credentials-jwt']);

/** What an entry of servers.json would say for the scenario. */
export function loginSettingsOf({ scenario, context }: Told): LoginSettings {
  return {
    ...NO_LOGIN_SETTINGS,
    who: MACHINE_AUTH_SCENARIOS.includes(scenario) ? 'machine' : 'person',
    clientId: context.client_id ?? null,
    clientSecret: context.client_secret ?? null,
    privateKey: context.private_key_pem ?? null,
    algorithm: context.signing_algorithm ?? NO_LOGIN_SETTINGS.algorithm,
    clientMetadataUrl: scenario === 'auth/basic-cimd' ? CLIENT_METADATA_URL : null,
  };
}
