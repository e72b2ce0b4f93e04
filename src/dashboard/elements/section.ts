import { html, type Markup } from '../../report/html.ts';

/** A section with a heading; nothing if it has no content. */
export const section = (title: string, content: Markup | ''): Markup | '' =>
  content === ''
    ? ''
    : html`<section>
        <h2>${title}</h2>
        ${content}
      </section>`;
