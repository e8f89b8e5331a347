// Why a request failed.

/** See `segue.d.ts`. */
export class SegueError extends Error {
  /** @param {string} code @param {string} message */
  constructor(code, message) {
    super(message);
    this.name = "SegueError";
    this.code = code;
  }
}

/**
 * Anything thrown, as a `SegueError`.
 *
 * @param {unknown} thrown
 * @param {string} code for what is none yet
 */
export function asSegueError(thrown, code) {
  if (thrown instanceof SegueError) return thrown;
  return new SegueError(code, thrown instanceof Error ? thrown.message : String(thrown));
}
