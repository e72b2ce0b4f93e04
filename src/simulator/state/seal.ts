import { createHmac } from 'node:crypto';

/**
 * Replaces a secret by a digest under the state file's key, so that equal secrets have equal digests. A digest is
 * returned unchanged.
 */
export function seal(key: string, secret: string): string {
  if (/^hmac-sha256:[0-9a-f]{64}$/.test(secret)) return secret;
  return `hmac-sha256:${createHmac('sha256', key).update(secret).digest('hex')}`;
}
