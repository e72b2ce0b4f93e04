import { stringify } from 'yaml';
import { html, type Markup } from '../../report/html.ts';

/** Fields as YAML. It can be scrolled with the keyboard. */
export const yamlBlock = (label: string, fields: Readonly<Record<string, unknown>>): Markup =>
  html`<pre
    tabindex="0"
    role="region"
    aria-label="${label}"
  ><code>${stringify(fields, { lineWidth: 0 }).trimEnd()}</code></pre>`;
