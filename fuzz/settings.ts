import { settingsSchema } from '../src/desired/settings/settingsSchema.ts';
import { alternativesOf } from '../src/desired/validate/fieldForms.ts';
import type { FieldSchema } from '../src/model/kind/schema.ts';
import { file, type Input } from './input.ts';
import type { Random } from './random.ts';
import { anything, forms, numbers, odd, secrets, texts, variableParts } from './settingsWords.ts';

/** The file with environment variables, one per line. The loader skips names that begin with a dot. */
export const environmentFile = '.env';

/** `holdfast.yaml` and environment variables, mostly of the right form, with hostile values. */
export function settingsInput(random: Random): Input {
  const value = random.once(20) ? random.one(anything) : objectOf(settingsSchema, random, 0);
  const variables = random.some(0, random.once(2) ? 4 : 0, () => variable(random));
  return [
    file('holdfast.yaml', `settings: ${value}\n`),
    ...(variables.length > 0 ? [file(environmentFile, variables.join('\n'))] : []),
  ];
}

function objectOf({ properties = {} }: FieldSchema, random: Random, depth: number): string {
  const names = Object.keys(properties);
  if (names.length === 0 || depth > 6)
    return `{ ${random.one(anything)}: ${random.one(anything)} }`;
  const chosen = random.some(0, 5, () => random.one(names));
  const entries = (random.once(20) ? chosen : [...new Set(chosen)]).map((name) => {
    const field = properties[name];
    const key = random.once(60) ? `${name}x` : name;
    return `${key}: ${field ? valueOf(field, random, depth + 1) : random.one(anything)}`;
  });
  return `{ ${entries.join(', ')} }`;
}

function valueOf(schema: FieldSchema, random: Random, depth: number): string {
  if (random.once(16)) return random.one(anything);
  const branch = random.one(alternativesOf(schema));
  const { type, format, enum: words, items = {} } = branch as FieldSchema & { format?: string };
  if (words) return JSON.stringify(random.one(words));
  if (branch.secret || branch.writeOnly) return random.one(secrets);
  if (type === 'object') return objectOf(branch, random, depth);
  if (type === 'integer' || type === 'number') return random.one(numbers);
  if (type === 'boolean') return random.one(['true', 'false']);
  if (type !== 'array') return random.one(forms[format ?? ''] ?? texts);
  const most = random.once(50) ? 300 : 3;
  return `[${random.some(0, most, () => valueOf(items, random, depth + 1)).join(', ')}]`;
}

/** A variable of a setting, or an unrelated one. */
function variable(random: Random): string {
  const path = random.some(1, 2, () => random.one(variableParts)).join('_');
  const name = random.once(6) ? random.one(odd) : `HOLDFAST_${path}`;
  const value = random.one([...numbers, ...texts, ...Object.values(forms).flat(), ...anything]);
  return `${name}=${value.replaceAll(/[\n\0]/g, ' ')}`;
}
