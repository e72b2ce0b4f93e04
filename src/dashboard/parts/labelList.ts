import type { Labels } from '../../model/selection/labels.ts';
import { html, type Markup } from '../../report/html.ts';
import { withQuery } from '../elements/links.ts';

/** Labels, each as a link to the resources that have it; nothing for none. */
export const labelList = (labels: Labels | undefined): Markup | '' =>
  labels
    ? html`<span class="dim">
        ${Object.entries(labels).map(([key, value]) => {
          const label = `${key}=${value}`;
          return html`<a class="label" href="${withQuery('/resources', { label })}">${label}</a> `;
        })}
      </span>`
    : '';
