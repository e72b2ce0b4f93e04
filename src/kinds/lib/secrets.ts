import { Type } from 'typebox';

/** The API's rule for names of secrets (FACTS 3.11). */
export const secretNames = {
  type: 'string',
  title: 'letters, digits and _, with a letter first',
  examples: ['HUB_TOKEN'],
  pattern: '^[a-zA-Z][a-zA-Z0-9_]*$',
  minLength: 1,
  maxLength: 128,
} as const;

/** Returns the field for the value of a secret, of the team or of a project (FACTS 3.11). */
export const secretValue = (description: string) =>
  Type.String({ description, minLength: 1, maxLength: 8192, secret: true, writeOnly: true });
