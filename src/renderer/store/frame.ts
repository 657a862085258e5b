/** How long to wait for a frame; a hidden or covered window draws none. */
const LATEST_MS = 250;

/** Runs `apply` once, before the next frame is drawn, or after 250 ms if none is. */
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
