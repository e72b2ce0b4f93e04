import { variableFor } from '../src/desired/settings/environment.ts';
import { branchFor } from '../src/desired/validate/fieldForms.ts';
import type { FieldSchema } from '../src/model/schema.ts';
import { code, table } from './fieldRows.ts';

/** The reference page of the settings, in Markdown. */
export const settingsPage = (schema: FieldSchema): string =>
  `<!-- Made by \`npm run generate\` from src/desired/settings/settingsSchema.ts; not to be edited. -->

# Settings

They stand under \`settings:\` in \`holdfast.yaml\`, at the top of the config directory. Every one has a default, or belongs to something that
is optional. Flag over environment over file over default. In the environment, maps and lists are written as YAML, and the variable of a
secret holds the secret itself.

${table(['setting', 'default', 'environment variable', 'description'], settingRows(schema))}
`;

const settingRows = (
  schema: FieldSchema,
  path: readonly string[] = [],
): readonly (readonly string[])[] =>
  Object.entries(branchFor(schema, 'object').properties ?? {}).flatMap(([name, field]) => {
    const inner = [...path, name];
    const cells = [code(inner.join('.')), defaultOf(field), code(variableFor(inner))];
    const rows = settingRows(field, inner);
    return rows.length > 0 && !('default' in field)
      ? rows
      : [[...cells, descriptionOf(field)], ...rows];
  });

const defaultOf = (field: FieldSchema): string => ('default' in field ? code(field.default) : '');

function descriptionOf({ description = '', enum: words, items }: FieldSchema): string {
  const inner = Object.keys(items?.properties ?? {});
  return [
    description,
    ...(words ? [`One of ${words.map(code).join(', ')}.`] : []),
    ...(inner.length > 0 ? [`Fields: ${inner.map(code).join(', ')}.`] : []),
  ].join(' ');
}
