import { describe, expect, test } from 'vitest';
import { parseFile } from '#src/main/upstream/config/file/file-text';

const lines = (entry: string): string[] => {
  const parsed = parseFile(`{\n"mcpServers": {\n"one": ${entry}\n}}`, 'servers.json');
  if (!parsed.ok) throw new Error(parsed.problem);
  return (parsed.file.entries[0]?.problems ?? []).map(({ line, sentence }) => `${line}: ${sentence}`);
};
/** The problems of an entry over HTTP whose login stands in line 4. */
const problemsOf = (oauth: string): string[] => lines(`{"url": "https://x.example/mcp",\n"oauth": ${oauth}}`);
const REDIRECT =
  'the redirect address of Holdfast is http://127.0.0.1:8181/oauth/callback. Register that one, and remove';
const ENDPOINTS =
  'Holdfast finds the addresses of a login by itself. If it does not, write the "authorizationServer". Remove';
const TOKEN = 'a token that you have already is sent in a header. Write "Authorization" in "headers", and remove';

describe('the login of an entry', () => {
  test.each([
    ['true'],
    ['false'],
    ['{}'],
    ['{"clientId": "c", "clientSecret": "s", "scopes": ["a", "b"]}'],
    ['{"scopes": "a b"}'],
    ['{"clientId": "c", "privateKeyFile": "/k.pem", "algorithm": "PS256", "grant": "client_credentials"}'],
    ['{"clientMetadataUrl": "https://x.example/client.json", "acceptsOtherIssuer": true, "note": 1}'],
  ])('may be %s', (oauth) => {
    expect(problemsOf(oauth)).toEqual([]);
  });

  test.each([
    ['"always"', '4: "oauth" must be an object like {"clientId": "…"}, or true or false.'],
    ['[]', '4: "oauth" must be an object like {"clientId": "…"}, or true or false.'],
    ['{\n"clientId": 7}', '5: "clientId" in "oauth" must be text. Put it in quotes.'],
    ['{\n"clientId": " "}', '5: "clientId" in "oauth" is empty. Write it, or leave it out.'],
    ['{\n"scopes": 7}', '5: "scopes" in "oauth" must be a list like ["read", "write"].'],
    ['{\n"scopes": [7]}', '5: "scopes" in "oauth" must be a list like ["read", "write"].'],
    [`{\n"scopes": "${'a '.repeat(101)}"}`, '5: "scopes" in "oauth" has more than 100. Remove some.'],
    [
      '{\n"grant": "password"}',
      '5: "grant" in "oauth" is one of "authorization_code", "client_credentials". Choose one of them.',
    ],
    [
      '{"clientId": "c", "privateKey": "x",\n"algorithm": "HS256"}',
      expect.stringMatching(/^5: "algorithm" in "oauth" is one of "ES256", .*"EdDSA"\. Choose one of them\.$/),
    ],
    ['{\n"acceptsOtherIssuer": "yes"}', '5: "acceptsOtherIssuer" in "oauth" must be true or false, without quotes.'],
    ['{\n"clientSecret": "s"}', '5: "clientSecret" belongs to a client. Write its "clientId" too.'],
    ['{\n"privateKeyFile": "/k"}', '5: "privateKeyFile" belongs to a client. Write its "clientId" too.'],
    [
      '{"clientId": "c", "privateKey": "k",\n"privateKeyFile": "/k"}',
      '5: there are both "privateKey" and "privateKeyFile". Remove one of them.',
    ],
    [
      '{"clientId": "c", "clientSecret": "s",\n"privateKey": "k"}',
      '5: there are both "clientSecret" and "privateKey". Remove the one that the authorization server does not know.',
    ],
    [
      '{"clientId": "c",\n"algorithm": "ES256"}',
      '5: "algorithm" is what a private key signs with, but there is none. Write "privateKeyFile", or remove it.',
    ],
    [
      '{\n"grant": "client_credentials"}',
      '5: "client_credentials" needs a client. Write "clientId", and "clientSecret" or "privateKeyFile".',
    ],
    [
      '{"clientId": "c",\n"grant": "client_credentials"}',
      '5: "client_credentials" needs a secret. Write "clientSecret" or "privateKeyFile".',
    ],
    [
      '{"clientId": "c",\n"clientMetadataUrl": "https://x.example/c"}',
      '5: "clientMetadataUrl" stands in for a "clientId". Remove one of them.',
    ],
  ])('that is %s is told with line and remedy', (oauth, problem) => {
    expect(problemsOf(oauth)).toEqual([problem]);
  });

  test.each([
    ['client_id', 'is not quite the name. Rename it to "clientId".'],
    ['clientID', 'is not quite the name. Rename it to "clientId".'],
    ['CLIENT_SECRET', 'is not quite the name. Rename it to "clientSecret".'],
    ['scope', 'is what others call it. Rename it to "scopes".'],
    ['issuer', 'is what others call it. Rename it to "authorizationServer".'],
    ['alg', 'is what others call it. Rename it to "algorithm".'],
    ['grant_type', 'is what others call it. Rename it to "grant".'],
  ])('is not called %s', (name, told) => {
    expect(problemsOf(`{\n"${name}": "x"}`)).toEqual([`5: "${name}" in "oauth" ${told}`]);
  });

  test.each([
    ['callbackPort', REDIRECT],
    ['redirect_uri', REDIRECT],
    ['tokenUrl', ENDPOINTS],
    ['authServerMetadataUrl', ENDPOINTS],
    ['access_token', TOKEN],
    ['enabled', 'whether a server has a login is said by "oauth": true or "oauth": false alone. Write that, or remove'],
  ])('has no %s, which would be believed to count', (name, told) => {
    expect(problemsOf(`{\n"${name}": 1}`)).toEqual([`5: ${told} "${name}".`]);
  });

  test.each([
    [
      '{"url": "https://x",\n"auth": {"CLIENT_ID": "c"}}',
      '"auth" is what another program calls it. Rename it to "oauth".',
    ],
    ['{"url": "https://x",\n"scopes": ["a"]}', '"scopes" belongs to the login. Move it into "oauth": {…}.'],
    ['{"url": "https://x",\n"client_id": "c"}', '"client_id" belongs to the login. Move it into "oauth": {…}.'],
    ['{"url": "https://x",\n"OAuth": {}}', '"OAuth" is not quite the name. Rename it to "oauth".'],
    [
      '{"command": "x",\n"oauth": {}}',
      '"oauth" is for a server with a "url". Remove it; a command gets what it needs in "env".',
    ],
    [
      '{"url": "https://x", "oauth": {}, "headers": {\n"authorization": "Bearer x"}}',
      '"authorization" in "headers" and "oauth" exclude each other: a login sends this header itself. Remove one of them.',
    ],
    [
      '{"url": "https://x", "oauth": true, "headers": {\n"Authorization": "Bearer x"}}',
      '"Authorization" in "headers" and "oauth" exclude each other: a login sends this header itself. Remove one of them.',
    ],
  ])('stands in its place: %j', (entry, sentence) => {
    expect(lines(entry)).toEqual([`4: ${sentence}`]);
  });

  test.each([
    ['{"url": "https://x", "oauth": false, "headers": {"Authorization": "Bearer x"}}'],
    ['{"command": "x", "auth": {"CLIENT_ID": "c"}, "scopes": []}'],
    ['{"url": "https://x", "auth": "OAuth"}'],
  ])('is no matter of %s', (entry) => {
    expect(lines(entry)).toEqual([]);
  });
});
