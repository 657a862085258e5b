import { isObject, type Params } from './json-rpc';

/** In characters of JSON. Those of real clients take 200 to 2,000. */
const MAX_KEPT = 16 * 1024;
const MAX_CAPABILITY = 1024;
const MAX_CAPABILITIES = 12;
const MAX_TEXT = 200;

/**
 * The parameters of `initialize` as they are stored with a transport, to initialize server channels now and later. Larger
 * ones are reduced to what a server has to know: revision, name and version of the client, and which capabilities it has.
 */
export function keptParams(params: Params): Params {
  if (sizeOf(params) <= MAX_KEPT) return params;
  const { protocolVersion, capabilities, clientInfo } = params;
  const { name, title, version } = isObject(clientInfo) ? clientInfo : {};
  return {
    protocolVersion,
    capabilities: isObject(capabilities) ? reduced(capabilities) : {},
    clientInfo: { name: short(name), ...(title === undefined ? {} : { title: short(title) }), version: short(version) },
  };
}

/** A capability that is too large is still announced, without its details; further groups of capabilities are left out. */
function reduced(capabilities: Params): Params {
  const known = Object.entries(capabilities).filter(([name]) => name.length <= MAX_TEXT);
  return Object.fromEntries(
    known
      .slice(0, MAX_CAPABILITIES)
      .map(([name, value]) => [name, sizeOf(value) <= MAX_CAPABILITY ? value : isObject(value) ? flags(value) : {}]),
  );
}

const flags = (value: Params): Params =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([, flag]) => typeof flag === 'boolean')
      .slice(0, 20),
  );

const short = (text: unknown): unknown => (typeof text === 'string' ? text.slice(0, MAX_TEXT) : text);
const sizeOf = (value: unknown): number => JSON.stringify(value ?? null).length;
