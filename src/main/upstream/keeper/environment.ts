const POSIX = ['HOME', 'LANG', 'LC_ALL', 'LC_CTYPE', 'LOGNAME', 'PATH', 'SHELL', 'TERM', 'TMPDIR', 'TZ', 'USER'];
const WINDOWS = [
  ...['APPDATA', 'COMSPEC', 'HOMEDRIVE', 'HOMEPATH', 'LOCALAPPDATA', 'PATH', 'PATHEXT', 'PROCESSOR_ARCHITECTURE'],
  ...['PROGRAMFILES', 'SYSTEMDRIVE', 'SYSTEMROOT', 'TEMP', 'USERNAME', 'USERPROFILE', 'WINDIR'],
];

/**
 * What a program needs to reach the network and the user's session as other programs do: proxies, certificates, agents,
 * the display. Written in capitals; proxies are also known by small letters.
 */
const PROXIES = ['ALL_PROXY', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];
const CERTIFICATES = [
  ...['AWS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'DENO_CERT', 'GIT_SSL_CAINFO', 'NIX_SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS'],
  ...['NODE_USE_SYSTEM_CA', 'PIP_CERT', 'REQUESTS_CA_BUNDLE', 'SSL_CERT_DIR', 'SSL_CERT_FILE', 'UV_NATIVE_TLS'],
];
const DESKTOP = [
  ...['DBUS_SESSION_BUS_ADDRESS', 'DISPLAY', 'GPG_AGENT_INFO', 'SSH_AGENT_PID', 'SSH_AUTH_SOCK', 'WAYLAND_DISPLAY'],
  ...['XAUTHORITY', 'XDG_CACHE_HOME', 'XDG_CONFIG_DIRS', 'XDG_CONFIG_HOME', 'XDG_CURRENT_DESKTOP', 'XDG_DATA_DIRS'],
  ...['XDG_DATA_HOME', 'XDG_RUNTIME_DIR', 'XDG_SESSION_TYPE', 'XDG_STATE_HOME'],
];

/**
 * The environment of the keeper and the base of each server's: what programs need to find their way around, to reach the
 * network through proxies, and to find the user's agents and display. Nothing else is passed on, since this process's
 * environment may hold secrets. docs/servers-json.md lists the variables.
 */
export function minimalEnvironment(from: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const isWindows = process.platform === 'win32';
  // Windows knows no difference between HTTP_PROXY and http_proxy.
  const proxies = isWindows ? PROXIES : [...PROXIES, ...PROXIES.map((name) => name.toLowerCase())];
  const names = [...(isWindows ? WINDOWS : POSIX), ...proxies, 'NODE_USE_ENV_PROXY', ...CERTIFICATES, ...DESKTOP];
  return Object.fromEntries(
    names.flatMap((name): [string, string][] => {
      const value = from[name];
      // Exported shell functions are code, not values.
      return value === undefined || value.startsWith('()') ? [] : [[name, value]];
    }),
  );
}
