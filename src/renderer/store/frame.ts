/** A frame that is not drawn within this time (a hidden or covered window) is not waited for any longer. */
const LATEST_MS = 250;

/** Runs `apply` once, before the next frame is drawn, or after 250 ms when none is. */
export function onNextFrame(apply: () => void): void {
  let done = false;
  const run = () => {
    if (done) return;
    done = true;
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    apply();
  };
  const frame = requestAnimationFrame(run);
  const timer = setTimeout(run, LATEST_MS);
}
