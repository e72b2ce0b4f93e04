import { Type, type TProperties, type TSchema } from 'typebox';

// Pieces of the report's schema, each with its description.

export const string = (description: string) => Type.String({ description });
export const dateTime = (description: string) => Type.String({ description, format: 'date-time' });
export const number = (description: string) => Type.Number({ description });
export const count = (description: string) => Type.Integer({ description, minimum: 0 });
export const orNull = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);
export const described = <Properties extends TProperties>(
  description: string,
  properties: Properties,
) => Type.Object(properties, { description });
export const listOf = <Schema extends TSchema>(description: string, items: Schema) =>
  Type.Array(items, { description });
export const oneOf = <const Words extends readonly string[]>(description: string, words: Words) =>
  Type.Enum([...words] as Words[number][], { description });

export const countsByWord = <const Words extends readonly string[]>(words: Words) =>
  Object.fromEntries(words.map((word) => [word, count(`The number of ${word}.`)])) as {
    [Word in Words[number]]: ReturnType<typeof count>;
  };

export const address = {
  kind: string('The kind as in YAML, such as machines.'),
  name: string('The name of the resource.'),
};

export const changes = listOf(
  'The differences between desired and observed.',
  Type.Object({
    path: string('The path of the field, such as s3Config.bucket.'),
    desired: Type.Unknown({ description: 'The declared value; "(secret)" for a secret.' }),
    observed: Type.Unknown({ description: 'The value that the API lists.' }),
  }),
);
