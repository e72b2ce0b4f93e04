import { createDecipheriv } from 'node:crypto';
import { SopsError } from './tree.ts';

/** A decrypted value: its bytes as the MAC covers them, and its text. */
export interface Decrypted {
  readonly bytes: Buffer;
  readonly text: string;
}

const form = /^ENC\[AES256_GCM,data:([\w+/]+=*),iv:([\w+/]+=*),tag:([\w+/]+=*),type:([a-z]+)\]$/;

const tagBytes = 16;

/**
 * Decrypts `ENC[AES256_GCM,…]`. `context` is authenticated together with the value: its path, or the time of the MAC.
 * Throws a `SopsError` if the value was not encrypted with this key in this context.
 */
export function decryptValue(value: string, key: Buffer, context: string): Decrypted {
  const [, data = '', iv = '', tag = '', type = ''] = form.exec(value) ?? [];
  const authTag = Buffer.from(tag, 'base64');
  if (type === '' || authTag.length !== tagBytes) throw new SopsError('is not in the form ENC[…]');
  return typed(type, decryptBytes({ data, iv, authTag }, key, context));
}

function decryptBytes(
  { data, iv, authTag }: { readonly data: string; readonly iv: string; readonly authTag: Buffer },
  key: Buffer,
  context: string,
): Buffer {
  try {
    const options = { authTagLength: tagBytes };
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64'), options);
    decipher.setAAD(Buffer.from(context)).setAuthTag(authTag);
    return Buffer.concat([decipher.update(data, 'base64'), decipher.final()]);
  } catch {
    throw new SopsError('was changed, or moved here from another place');
  }
}

/** Sops normalizes numbers and booleans before it computes the MAC; for files that it wrote, this changes nothing. */
function typed(type: string, bytes: Buffer): Decrypted {
  const text = bytes.toString();
  switch (type) {
    case 'int':
    case 'float':
      return { bytes, text };
    case 'bool':
      return { bytes, text: text.toLowerCase() };
    case 'str':
    case 'bytes':
    case 'time':
      return { bytes, text: utf8(bytes) };
    default:
      throw new SopsError('has an unknown type');
  }
}

function utf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new SopsError('is not UTF-8');
  }
}
