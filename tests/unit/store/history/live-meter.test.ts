import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LiveMeter, type LiveSamples } from '#src/main/store/history/live-meter';
import { HOUR, MINUTE, SECOND } from '#src/shared/model/units';

const NOON = Date.UTC(2026, 10, 22, 12);
const total = (samples: LiveSamples, key: 'live_ms' | 'observed_ms') =>
  [...samples.values()].reduce((sum, sample) => sum + sample[key], 0);

describe('LiveMeter', () => {
  test('counts attached sessions x time, split at the borders of minutes', () => {
    const meter = new LiveMeter(3);
    meter.observe(NOON + 50 * SECOND);
    meter.observe(NOON + 75 * SECOND);
    expect([...meter.take()]).toEqual([
      [NOON, { live_ms: 30_000, live_peak: 3, observed_ms: 10_000 }],
      [NOON + MINUTE, { live_ms: 45_000, live_peak: 3, observed_ms: 15_000 }],
    ]);
    expect(meter.waiting).toBe(0);
  });

  test('the peak is the most at once, the integral follows every change', () => {
    const meter = new LiveMeter(0);
    meter.observe(NOON);
    meter.change(5);
    meter.observe(NOON + 10 * SECOND);
    meter.change(-4);
    meter.observe(NOON + 30 * SECOND);
    expect(meter.pending().get(NOON)).toEqual({ live_ms: 70_000, live_peak: 5, observed_ms: 30_000 });
  });

  test('sleep is no observation: nothing is counted for a gap of more than two minutes', () => {
    const meter = new LiveMeter(2);
    meter.observe(NOON);
    meter.observe(NOON + 8 * HOUR);
    expect(meter.waiting).toBe(0);
    meter.observe(NOON + 8 * HOUR + SECOND);
    expect(meter.waiting).toBe(1_000);
    meter.observe(NOON + 8 * HOUR + SECOND + 2 * MINUTE);
    expect(meter.waiting).toBe(1_000 + 2 * MINUTE);
  });

  test('a clock that goes back counts no time twice, and one that was set back goes on from there', () => {
    const meter = new LiveMeter(1);
    meter.observe(NOON);
    meter.observe(NOON + 10 * SECOND);
    meter.observe(NOON + 4 * SECOND);
    meter.observe(NOON + 12 * SECOND);
    expect(meter.waiting).toBe(12_000);
    meter.observe(NOON - HOUR);
    meter.observe(NOON - HOUR + SECOND);
    expect(meter.waiting).toBe(13_000);
  });

  test('what was given back is there again, whatever came in between', () => {
    const meter = new LiveMeter(1);
    meter.observe(NOON);
    meter.observe(NOON + SECOND);
    const samples = meter.take();
    meter.change(1);
    meter.observe(NOON + 2 * SECOND);
    meter.giveBack(samples);
    expect([...meter.take()]).toEqual([[NOON, { live_ms: 3_000, live_peak: 2, observed_ms: 2_000 }]]);
  });

  test('how often one looks makes no difference', () => {
    const looks = fc.array(fc.integer({ min: 1, max: 2 * MINUTE }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(looks, fc.nat(9), (steps, attached) => {
        const often = new LiveMeter(attached);
        let now = NOON;
        often.observe(now);
        for (const step of steps) {
          often.observe(now + Math.floor(step / 2));
          now += step;
          often.observe(now);
        }
        const samples = often.take();
        expect(total(samples, 'observed_ms')).toBe(now - NOON);
        expect(total(samples, 'live_ms')).toBe((now - NOON) * attached);
        for (const [minute, sample] of samples) {
          expect(minute % MINUTE).toBe(0);
          expect(sample.observed_ms).toBeLessThanOrEqual(MINUTE);
        }
      }),
    );
  });
});
