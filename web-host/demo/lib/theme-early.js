// Sets the chosen colour scheme before the first paint. A classic script on purpose: modules run too late.
(() => {
  try {
    const theme = localStorage.getItem("segue.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage is forbidden here: the system's scheme it is.
  }
})();
