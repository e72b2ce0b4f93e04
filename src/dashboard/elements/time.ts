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

/** A time for people, with the exact one beside it. */
export const ago = (at: string, now: Date): Markup =>
  html`<time datetime="${at}" title="${at}">${relativeText(at, now)}</time>`;

/** An exact time, to the minute. */
export const exact = (at: string): Markup =>
  html`<time datetime="${at}">${at.slice(0, 16).replace('T', ' ')} UTC</time>`;
