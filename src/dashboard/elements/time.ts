import { html, type Markup } from '../../report/html.ts';

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

const relative = new Intl.RelativeTimeFormat('en');

/** A time seen from another: `3 minutes ago`, `in 2 days`; within a minute `now`. Pure. */
function relativeText(at: string, now: Date): string {
  const seconds = (Date.parse(at) - now.getTime()) / 1000;
  const unit = units.find(([, length]) => Math.abs(seconds) >= length);
  return unit ? relative.format(Math.trunc(seconds / unit[1]), unit[0]) : 'now';
}

/** A time for people, with the exact one beside it. A script keeps the text current. */
export const ago = (at: string, now: Date): Markup =>
  html`<time datetime="${at}" title="${at}" data-relative>${relativeText(at, now)}</time>`;

/** An exact time, to the minute. */
export const exact = (at: string): Markup =>
  html`<time datetime="${at}">${at.slice(0, 16).replace('T', ' ')} UTC</time>`;

/** A duration in milliseconds: `0.4 s`, `12 s`, `3 min 20 s`. */
export function durationText(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
