import type { Input } from './input.ts';

/** The number of smaller inputs to try, and the time limit in milliseconds: slow inputs are slow to shrink. */
const maxTries = 1000;
const longest = 60_000;

/** The number of pieces into which a file is cut to remove stretches of bytes. */
const mostPieces = 1024;

/** Removes files, lines, and bytes as long as the input still fails. */
export async function shrunk(
  input: Input,
  fails: (smaller: Input) => Promise<boolean>,
): Promise<Input> {
  let tries = 0;
  const end = performance.now() + longest;
  const still = async (smaller: Input): Promise<boolean> =>
    (tries += 1) <= maxTries && performance.now() < end && (await fails(smaller));
  let now = await without(input, still);
  for (const at of now.keys())
    for (const pieces of [linesOf, stretchesOf, stretchesOf, stretchesOf])
      now = now.with(at, {
        name: now[at]?.name ?? '',
        bytes: Buffer.concat(
          await without(pieces(now[at]?.bytes ?? new Uint8Array()), (kept) =>
            still(now.with(at, { name: now[at]?.name ?? '', bytes: Buffer.concat(kept) })),
          ),
        ),
      });
  return now;
}

/** Removes every stretch that is not needed: halves first, then smaller ones. */
async function without<Piece>(
  pieces: readonly Piece[],
  fails: (kept: readonly Piece[]) => Promise<boolean>,
): Promise<readonly Piece[]> {
  let kept = pieces;
  for (
    let size = Math.ceil(kept.length / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  )
    for (let at = 0; at < kept.length;) {
      const fewer = kept.toSpliced(at, size);
      if (fewer.length > 0 && (await fails(fewer))) kept = fewer;
      else at += size;
    }
  return kept;
}

function linesOf(bytes: Uint8Array): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let from = 0; from < bytes.length;) {
    const end = bytes.indexOf(0x0a, from);
    const to = end < 0 ? bytes.length : end + 1;
    pieces.push(bytes.subarray(from, to));
    from = to;
  }
  return pieces;
}

/** Single bytes if there are few, otherwise longer stretches. */
function stretchesOf(bytes: Uint8Array): readonly Uint8Array[] {
  const size = Math.max(1, Math.ceil(bytes.length / mostPieces));
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );
}
