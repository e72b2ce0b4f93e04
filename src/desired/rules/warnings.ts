import { similarityKey } from '../../model/text/similarNames.ts';
import type { Source } from '../../model/resource.ts';
import { formOf } from '../validate/fieldForms.ts';
import { quote, escaped, type Problems } from '../problems/problems.ts';
import { positionText } from '../../model/resource.ts';
import type { Resolved } from '../resolve/resolve.ts';
import type { Config } from './rules.ts';

/** Adds warnings about what is valid but most likely not intended (INTERFACE 2.1). */
export function checkWarnings(config: Config, warnings: Problems): void {
  for (const resource of config.resources) {
    checkOpponents(resource, warnings);
    checkLineEnds(resource, warnings);
  }
  checkNearNames(config, warnings);
}

/** Warns about fields of one resource that contradict each other. */
function checkOpponents({ declaration, spec }: Resolved, warnings: Problems): void {
  const { kind, owner, fields, at } = declaration;
  for (const name of Object.keys(spec)) {
    if (spec[name] !== true) continue;
    const { conflictsWith = {} } = kind.schema.properties[name] ?? {};
    for (const [opponent, value] of Object.entries(conflictsWith)) {
      if (spec[opponent] !== value) continue;
      const message = `${name} of ${owner} is true and ${opponent} is ${String(value)}: each undoes the other; leave out one of them`;
      warnings.add(fields.get(name)?.value.at ?? at, 'works-against', message);
    }
  }
}

/**
 * Warns about scripts that Linux cannot start: it searches for an interpreter whose name ends with a carriage return.
 */
function checkLineEnds({ declaration, spec }: Resolved, warnings: Problems): void {
  const { kind, owner, fields, at } = declaration;
  for (const [name, value] of Object.entries(spec)) {
    if (!isText(value) || !value.value.startsWith('#!') || !value.value.includes('\r\n')) continue;
    const schema = kind.schema.properties[name];
    if (!schema || formOf(schema).form !== 'text') continue;
    const message = `${name} of ${owner} begins with #! and has CRLF line endings, so Linux cannot find its interpreter; save it with LF line endings`;
    warnings.add(fields.get(name)?.value.at ?? at, 'crlf-script', message);
  }
}

const isText = (value: unknown): value is { readonly from: 'value'; readonly value: string } =>
  typeof value === 'object' && value !== null && 'from' in value && value.from === 'value';

/** Warns about names of one kind that are easily confused. */
function checkNearNames({ declared }: Config, warnings: Problems): void {
  for (const kind of new Set([...declared.byKind.keys(), ...declared.absent.keys()])) {
    const firstByForm = new Map<string, { readonly name: string; readonly at: Source }>();
    const names = [...(declared.byKind.get(kind) ?? []), ...(declared.absent.get(kind) ?? [])];
    for (const [name, { at }] of names) {
      const first = firstByForm.get(similarityKey(name));
      if (!first) firstByForm.set(similarityKey(name), { name, at });
      else if (first.name !== name) {
        const message = `${kind}/${escaped(name)} is not ${quote(first.name)} at ${positionText(first.at)}, from which it differs in case, surrounding space, or Unicode form only`;
        warnings.add(at, 'near-names', message, name);
      }
    }
  }
}
