import { setTimeout as delay } from 'node:timers/promises';
import { withLock } from '../files/lock.mjs';
import { cacheFolder } from '../files/paths.mjs';
import { SetupError } from '../terminal/errors.mjs';
import { step } from '../terminal/log.mjs';
import { run, tail } from './child.mjs';
import { isDebian, isRoot } from './privilege.mjs';

const UPDATE_MS = 5 * 60_000;
const INSTALL_MS = 20 * 60_000;
const TRIES = 5;
const QUIET = ['-q', '-y', '-o', 'DPkg::Lock::Timeout=120'];

/**
 * Installs Debian packages if this process may (as root, on Debian and the like), and says so. Otherwise it fails with
 * the exact command to run.
 *
 * @param {object} need
 * @param {string} need.problem what is missing, in one sentence
 * @param {readonly string[]} need.packages their names in Debian; `a|b` is a, or b where there is no a
 * @param {string} need.elsewhere what to do where there is no apt-get
 * @param {() => boolean | Promise<boolean>} need.isThere whether it is there now
 * @param {{ root: boolean, debian: boolean }} [machine] this one by default
 * @returns {Promise<void>}
 * @throws {SetupError} when it was not, or could not be, installed
 */
export async function ensurePackages(
  { problem, packages, elsewhere, isThere },
  { root, debian } = { root: isRoot(), debian: isDebian() },
) {
  if (await isThere()) return;
  if (!debian) throw new SetupError(problem, elsewhere);
  if (!root) throw new SetupError(problem, await aptCommand(packages));
  await withLock(`${cacheFolder()}/apt.lock`, async () => {
    if (await isThere()) return;
    await step(`${problem} Installing with apt-get: ${packages.join(' ').replaceAll('|', ' or ')}`, () =>
      install(packages),
    );
  });
  if (await isThere()) return;
  throw new SetupError(`${problem} apt-get installed ${packages.join(' ')}, and it is still missing.`, elsewhere);
}

/** @param {readonly string[]} packages */
async function aptCommand(packages) {
  const names = await presentNames(packages);
  return `Run this once, then the same command again:\nsudo apt-get update && sudo apt-get install -y ${names.join(' ')}`;
}

/** @param {readonly string[]} packages */
async function install(packages) {
  // If one of several repositories does not answer, that is no reason to give up.
  const updated = await aptGet(['update'], UPDATE_MS);
  const names = await presentNames(packages);
  const installed = await aptGet(['install', '--no-install-recommends', ...names], INSTALL_MS);
  if (installed.code === 0) return;
  const [command, outcome] = updated.code === 0 ? ['install', installed] : ['update', updated];
  throw new SetupError(`apt-get ${command} failed.`, tail(outcome));
}

/**
 * @param {readonly string[]} args
 * @param {number} timeoutMs
 */
async function aptGet(args, timeoutMs) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (let attempt = 1; ; attempt++) {
    const outcome = await run('apt-get', [...QUIET, ...args], { timeoutMs, env });
    // Another apt-get holds the package lists; there is no option to wait for those.
    const busy = outcome.code !== 0 && /Could not get lock|Unable to lock/.test(outcome.stderr);
    if (!busy || attempt === TRIES) return outcome;
    await delay(5_000 * attempt);
  }
}

/**
 * @param {readonly string[]} packages
 * @returns {Promise<string[]>} the names this machine's release has
 */
async function presentNames(packages) {
  const asked = packages.flatMap((names) => names.split('|')).flatMap((name) => [`${name}t64`, name]);
  const { stdout } = await run('apt-cache', ['policy', ...asked], { timeoutMs: 30_000 });
  return packages.map((names) => presentName(stdout, names));
}

/**
 * Newer releases append `t64` to the names of some libraries, and the old name may then stand for several packages.
 *
 * @param {string} policy what `apt-cache policy` printed
 * @param {string} names one name, or several with `|` between them, the preferred one first
 * @returns {string} the first that can be installed, or else the last
 */
export function presentName(policy, names) {
  const all = names.split('|');
  const present = all.flatMap((name) => [`${name}t64`, name]).find((name) => hasCandidate(policy, name));
  return present ?? all[all.length - 1] ?? names;
}

/**
 * @param {string} policy what `apt-cache policy` printed
 * @param {string} name
 * @returns {boolean} whether the package can be installed
 */
export function hasCandidate(policy, name) {
  const [, paragraph] = policy.split(new RegExp(`^${name.replace(/[.+]/g, '\\$&')}:$`, 'm'));
  const candidate = paragraph?.match(/Candidate: (\S+)/)?.[1];
  return candidate !== undefined && candidate !== '(none)';
}
