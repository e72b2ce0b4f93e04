import { splitAddress, type Address } from '../../model/resource.ts';
import { html, type Markup } from '../../report/html.ts';

/** Parameters of a query; undefined and empty ones are left out. */
export type Parameters = Readonly<Record<string, string | undefined>>;

/** A path with parameters. */
export function withQuery(path: string, parameters: Parameters): string {
  const present = Object.entries(parameters).flatMap(([name, value]): [string, string][] =>
    value ? [[name, value]] : [],
  );
  return present.length === 0 ? path : `${path}?${String(new URLSearchParams(present))}`;
}

/** The path of a resource's page, below an optional prefix. */
export const resourcePath = (kind: string, name: string, prefix = ''): string =>
  `${prefix}/resources/${encodeURIComponent(kind)}/${encodeURIComponent(name)}`;

/** A link to a resource's page. */
export function resourceLink(address: Address): Markup {
  const { kind, name } = splitAddress(address);
  return html`<a class="address" href="${resourcePath(kind, name)}"
    ><span class="kind">${kind}/</span>${name}</a
  >`;
}

/** A link to the page of a pass. */
export const passLink = (pass: string, text: unknown = pass): Markup =>
  html`<a href="/passes/${encodeURIComponent(pass)}">${text}</a>`;
