import { html, type Markup } from '../report/html.ts';
import { visibleLines } from '../model/text/visible.ts';
import type { Status } from '../server/views.ts';

/** A page without the frame around it. */
export interface Content {
  readonly title: string;
  readonly body: Markup;
  /** The path of the navigation to which it belongs; null: it is about all workspaces, and has no navigation. */
  readonly section: string | null;
  /** The same data as JSON. */
  readonly json?: string;
  readonly next?: string | undefined;
  readonly previous?: string | undefined;
}

const sections = [
  ['/', 'Overview'],
  ['/resources', 'Resources'],
  ['/passes', 'Passes'],
  ['/graph', 'Graph'],
  ['/trends', 'Trends'],
  ['/calendar', 'Calendar'],
  ['/money', 'Money'],
  ['/waste', 'Waste'],
] as const;

/**
 * Renders a page as a document. Text from outside is escaped, and invisible characters are shown. Without a status it
 * names no workspace and no mode.
 */
export function documentOf(
  { title, body, section, json, next, previous }: Content,
  status?: Pick<Status, 'workspace' | 'mode'>,
): string {
  const document = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${[title, ...(status ? [status.workspace] : []), 'Holdfast'].join(' · ')}</title>
        <link rel="stylesheet" href="/assets/style.css" />
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        ${json === undefined ? '' : html`<link rel="alternate" type="application/json" href="${json}" />`}
        ${next === undefined ? '' : html`<link rel="next" href="${next}" />`}
        ${previous === undefined ? '' : html`<link rel="prev" href="${previous}" />`}
        ${section === null ? '' : html`<script type="module" src="/assets/live.js"></script>`}
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header>
          <a class="brand" href="/">Holdfast</a>
          ${
            status === undefined
              ? ''
              : html`<span class="team">${status.workspace}</span>
                  <span class="mode">${status.mode}</span>`
          }
        </header>
        ${section === null ? '' : navigation(section)}
        <main id="content" tabindex="-1">${body}${pager(previous, next)}</main>
        <footer>
          ${json === undefined ? '' : html`<a href="${json}">This page as JSON</a>`}
          <span id="live" role="status"></span>
        </footer>
      </body>
    </html>`;
  return visibleLines(document.toString());
}

const navigation = (section: string): Markup =>
  html`<nav aria-label="Pages">
    <ul>
      ${sections.map(([path, text]) =>
        path === section
          ? html`<li><a href="${path}" aria-current="page">${text}</a></li>`
          : html`<li><a href="${path}">${text}</a></li>`,
      )}
    </ul>
  </nav>`;

const pager = (previous: string | undefined, next: string | undefined): Markup | '' =>
  previous === undefined && next === undefined
    ? ''
    : html`<nav class="pager" aria-label="Parts of the list">
        ${previous === undefined ? '' : html`<a rel="prev" href="${previous}">Previous</a>`}
        ${next === undefined ? '' : html`<a rel="next" href="${next}">Next</a>`}
      </nav>`;
