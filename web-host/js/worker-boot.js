// What every worker does first: hears messages in their order, and tells the page when it has crashed.

/**
 * Handles one message after the other, each when the one before was taken in.
 *
 * @param {Promise<unknown>} ready nothing is handled before this
 * @param {(message: any) => unknown} handle
 */
export function serve(ready, handle) {
  /** @param {unknown} error */
  const tell = (error) => {
    // A trap leaves the instance in no known state; running out of stack or memory does too.
    const crashed = error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
    const message = error instanceof Error ? error.message : String(error);
    self.postMessage(crashed ? { crashed: message } : { problem: message });
  };
  self.addEventListener("error", (event) => {
    event.preventDefault();
    tell(event.error ?? event.message);
  });
  self.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    tell(event.reason);
  });
  ready.then(
    () => self.postMessage({ ready: true }),
    (error) => self.postMessage({ unloadable: error instanceof Error ? error.message : String(error) }),
  );
  self.addEventListener("message", (event) => {
    void ready.then(() => handle(event.data));
  });
}
