import { html, type Markup } from '../../report/html.ts';

/** A field of a filter form. */
export type Filter =
  | {
      readonly name: string;
      readonly label: string;
      readonly value: string;
      /** The values to choose from, each with its text. */
      readonly options: readonly (readonly [value: string, text: string])[];
    }
  | { readonly name: string; readonly label: string; readonly value: string };

/** A form that sends its fields to the page itself. */
export const filters = (path: string, fields: readonly Filter[]): Markup =>
  html`<form class="filters" method="get" action="${path}" role="search">
    ${fields.map(fieldMarkup)}
    <button type="submit">Filter</button>
    <a href="${path}">Clear</a>
  </form>`;

function fieldMarkup(field: Filter): Markup {
  const { name, label, value } = field;
  const id = `filter-${name}`;
  return html`<div>
    <label for="${id}">${label}</label>
    ${
      'options' in field
        ? html`<select id="${id}" name="${name}">
            ${[['', 'any'] as const, ...field.options].map(([option, text]) =>
              option === value
                ? html`<option value="${option}" selected>${text}</option>`
                : html`<option value="${option}">${text}</option>`,
            )}
          </select>`
        : html`<input id="${id}" name="${name}" type="search" value="${value}" />`
    }
  </div>`;
}
