import { expect, test } from 'vitest';
import { settingsSchema } from '../../src/desired/settings/settingsSchema.ts';
import { createAjv, plainSchema } from '../../src/desired/validate/validator.ts';
import type { FieldSchema } from '../../src/model/kind/schema.ts';
import { catalog } from '../support/team.ts';

// The program does not check its own schemas, which takes as long as compiling them.
const schemas: readonly (readonly [name: string, schema: FieldSchema])[] = [
  ['settings', settingsSchema],
  ...[...catalog.kinds].map(([name, { schema }]) => [name, schema] as const),
];

test.each(schemas)('the schema of %s is valid in strict mode', (_, schema) => {
  expect(createAjv({ strict: true }).compile(plainSchema(schema))).toBeTypeOf('function');
});
