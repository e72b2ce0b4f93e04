// The forms of settings, which settingsSchema.ts and the schemas beside this file are made of.

import { Type, type TSchema } from 'typebox';
import type { SecretSource } from '../../../model/resource.ts';
import type { FieldSchema } from '../../../model/kind/schema.ts';

/** Keywords of a field in addition to its type. */
type Keywords = Pick<FieldSchema, 'default' | 'description'> & Readonly<Record<string, unknown>>;

/** No other fields than those of the schema. */
export const closed = { additionalProperties: false } as const;

/** A text of at most 2,048 characters. */
export const text = (description: string, keywords: Keywords = {}) =>
  Type.String({ description, maxLength: 2048, ...keywords });

/** A path. */
export const path = (description: string, defaultValue: string) =>
  Type.String({ description, format: 'path', default: defaultValue });

/** A duration of at most `maxDuration`. */
export const duration = (description: string, maxDuration: string, keywords: Keywords = {}) =>
  text(`${description} Such as 30s, 2m, or 1h30m; at most ${maxDuration}.`, {
    format: 'time-span',
    maxDuration,
    ...keywords,
  });

/** A switch. */
export const flag = (description: string, defaultValue: boolean) =>
  Type.Boolean({ description, default: defaultValue });

/** A whole number. Default of `maximum`: a million. */
export const integer = (
  description: string,
  defaultValue: number,
  minimum: number,
  maximum = 1_000_000,
) => Type.Integer({ description, default: defaultValue, minimum, maximum });

/** An amount in USD. */
export const dollars = Type.Number({ minimum: 0, maximum: 1_000_000 });

/** A secret: where it is read, never its text. */
export const secret = (description: string) =>
  Type.Unsafe<SecretSource>(Type.String({ description, writeOnly: true, secret: true }));

/** A setting that is null unless it is set. */
export const optional = <Schema extends TSchema>(schema: Schema, description: string) =>
  Type.Union([schema, Type.Null()], { description, default: null });

/** The kinds of resources that something is about. */
export const kinds = Type.Array(Type.String({ maxLength: 128 }), {
  uniqueItems: true,
  minItems: 1,
  maxItems: 100,
});

/** A percentage or a number. */
export const limit = (description: string, defaultValue: string) =>
  Type.Union([Type.Integer({ minimum: 0, maximum: 1_000_000 }), Type.String({ format: 'share' })], {
    description: `${description} A percentage of the kind’s live resources, once there are 10, or a number.`,
    default: defaultValue,
  });
