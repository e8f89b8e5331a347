// Small preferences kept in localStorage; forgotten, not failing, where that is forbidden.

/**
 * @param {string} name
 * @returns {string | null}
 */
export function kept(name) {
  try {
    return localStorage.getItem(`segue.${name}`);
  } catch {
    return null;
  }
}

/**
 * @param {string} name
 * @param {string | null} value null forgets it
 */
export function keep(name, value) {
  try {
    if (value === null) localStorage.removeItem(`segue.${name}`);
    else localStorage.setItem(`segue.${name}`, value);
  } catch {
    // Nothing to keep it in.
  }
}
