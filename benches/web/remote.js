// Workers that are asked one thing after the other, and the middle of what they answered.

export class Remote {
  /** @type {Worker} */
  #worker;

  /** @param {string} script beside this file */
  constructor(script) {
    this.#worker = new Worker(new URL(script, import.meta.url), { type: "module" });
  }

  /**
   * @param {string} what
   * @param {unknown[]} [args]
   * @param {Transferable[]} [transfer]
   * @returns {Promise<any>}
   */
  ask(what, args = [], transfer = []) {
    return new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }) => ("error" in data ? reject(new Error(`${what}: ${data.error}`)) : resolve(data.answer));
      this.#worker.onerror = (event) => reject(new Error(`${what}: ${event.message}`));
      this.#worker.postMessage({ what, args }, transfer);
    });
  }

  end() {
    this.#worker.terminate();
  }
}

/**
 * In a worker: answers what a `Remote` asks.
 *
 * @param {Record<string, (...args: any[]) => unknown>} answers
 */
export function answer(answers) {
  self.onmessage = async ({ data: { what, args } }) => {
    try {
      self.postMessage({ answer: await answers[what]?.(...args) });
    } catch (error) {
      self.postMessage({ error: error instanceof Error ? `${error.message}\n${error.stack}` : String(error) });
    }
  };
}

/** @param {number[]} numbers */
export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** @param {string} name */
export function deleteDatabase(name) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve(undefined);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error(`the database ${name} is still open`));
  });
}
