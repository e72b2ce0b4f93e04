import type { FieldChange } from '../../model/pass/plan.ts';
import { html, type Markup } from '../../report/html.ts';
import { table } from '../elements/table.ts';

/** The declared fields that differ, beside the live values. */
export const differences = (changes: readonly FieldChange[]): Markup | '' =>
  changes.length === 0
    ? ''
    : table({
        caption: 'Fields that differ',
        columns: ['Field', 'Declared', 'Live'],
        rows: changes.map(({ path, desired, observed }) => [
          html`<code>${path}</code>`,
          valueText(desired),
          valueText(observed),
        ]),
        empty: '',
      });

const valueText = (value: unknown): string =>
  value === null || value === undefined
    ? 'none'
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);
