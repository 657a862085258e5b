const LOOPBACK = new Set(['localhost', '[::1]', '[::]', '0.0.0.0']);

/** Whether the address points to this port on this computer. */
export function isOwnAddress({ protocol, hostname, port }: URL, ownPort: number): boolean {
  const isHere = LOOPBACK.has(hostname) || hostname.endsWith('.localhost') || /^127\.\d+\.\d+\.\d+$/.test(hostname);
  return isHere && protocol === 'http:' && Number(port || 80) === ownPort;
}
