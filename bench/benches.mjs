import { activity } from './benches/activity.mjs';
import { broadcast } from './benches/broadcast.mjs';
import { floods } from './benches/floods.mjs';
import { history } from './benches/history.mjs';
import { login } from './benches/login.mjs';
import { memory } from './benches/memory.mjs';
import { packaged } from './benches/package.mjs';
import { pixel } from './benches/pixel.mjs';
import { reconnect } from './benches/reconnect.mjs';
import { sessions } from './benches/sessions.mjs';
import { start } from './benches/start.mjs';
import { startLarge } from './benches/start-large.mjs';
import { traffic } from './benches/traffic.mjs';
import { wake } from './benches/wake.mjs';
import { watched } from './benches/watched.mjs';

/** All benches, in the order in which they run. */
export const BENCHES = /** @type {readonly import('./report/rows.mjs').Bench[]} */ ([
  reconnect,
  broadcast,
  pixel,
  sessions,
  history,
  start,
  startLarge,
  memory,
  traffic,
  activity,
  watched,
  floods,
  login,
  wake,
  packaged,
]);
