/** A file of a config directory, by its path in it. */
export interface InputFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A config directory as the loader gets it. */
export type Input = readonly InputFile[];

export const file = (name: string, content: string | Uint8Array): InputFile => ({
  name,
  bytes: typeof content === 'string' ? Buffer.from(content) : content,
});

export const textOf = ({ bytes }: InputFile): string => Buffer.from(bytes).toString();
