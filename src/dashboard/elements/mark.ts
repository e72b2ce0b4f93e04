import type { Status } from '../../model/pass/plan.ts';
import { html, type Markup } from '../../report/html.ts';

/** How much a status matters; each has a colour. */
export type Level = 'good' | 'quiet' | 'busy' | 'warning' | 'bad';

/** How a status looks and reads: by colour, by shape, and by word. */
interface Appearance {
  readonly word: string;
  readonly level: Level;
  /** An outline in a square of 16 units. */
  readonly path: string;
}

const circle = 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2z';
const ring = `${circle}M8 4.5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 0 0 0-7z`;
const diamond = 'M8 1l7 7-7 7-7-7z';

const appearances: Readonly<Record<Status, Appearance>> = {
  inSync: { word: 'in sync', level: 'good', path: circle },
  drifted: { word: 'drifted', level: 'warning', path: 'M8 2l7 12H1z' },
  missing: { word: 'missing', level: 'warning', path: ring },
  pending: { word: 'pending', level: 'busy', path: 'M3 2h10L8 8zM8 8l5 6H3z' },
  blocked: { word: 'blocked', level: 'bad', path: 'M2 2h12v12H2zM4.5 7v2h7V7z' },
  failed: {
    word: 'failed',
    level: 'bad',
    path: 'M4 1.5L8 5.5l4-4L14.5 4l-4 4 4 4-2.5 2.5-4-4-4 4L1.5 12l4-4-4-4z',
  },
  ambiguous: { word: 'ambiguous', level: 'bad', path: diamond },
  contended: { word: 'contended', level: 'bad', path: 'M1 3l7 5-7 5zM15 3L8 8l7 5z' },
  orphaned: { word: 'orphaned', level: 'quiet', path: 'M2 2h12v12H2zM4.5 4.5v7h7v-7z' },
  unmanaged: { word: 'unmanaged', level: 'quiet', path: `${diamond}M8 4.5L4.5 8 8 11.5 11.5 8z` },
};

/** The word for a status. */
export const wordOf = (status: Status): string => appearances[status].word;

/** The level of a status. */
export const levelOf = (status: Status): Level => appearances[status].level;

/** The shape of a status, as the data of an SVG path in a square of 16 units. */
export const shapeOf = (status: Status): string => appearances[status].path;

/** A status as colour, shape, and word. */
export const mark = (status: Status): Markup =>
  html`<span class="mark ${levelOf(status)}">${shape(shapeOf(status))}${wordOf(status)}</span>`;

/** The shape of a status alone, where the word stands beside it. */
export const shape = (path: string): Markup =>
  html`<svg class="shape" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    <path fill-rule="evenodd" d="${path}" />
  </svg>`;

/** The shapes of verdicts. */
export const verdictShapes: Readonly<Record<Level, string>> = {
  good: circle,
  quiet: ring,
  busy: appearances.pending.path,
  warning: appearances.drifted.path,
  bad: appearances.failed.path,
};

/** A verdict as colour, shape, and text. */
export const verdictMark = (level: Level, text: string): Markup =>
  html`<span class="mark ${level}">${shape(verdictShapes[level])}${text}</span>`;
