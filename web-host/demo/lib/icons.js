// The page's icons: 24 × 24, drawn with a line of 1.75 unless they are filled.

const PATHS = {
  play: "F M8 5.2v13.6c0 .8.9 1.3 1.5.8l10.2-6.8c.6-.4.6-1.2 0-1.6L9.5 4.4c-.6-.5-1.5 0-1.5.8z",
  pause: "F M7 4.5h2.6c.5 0 .9.4.9.9v13.2c0 .5-.4.9-.9.9H7c-.5 0-.9-.4-.9-.9V5.4c0-.5.4-.9.9-.9zm7.4 0H17c.5 0 .9.4.9.9v13.2c0 .5-.4.9-.9.9h-2.6c-.5 0-.9-.4-.9-.9V5.4c0-.5.4-.9.9-.9z",
  next: "F M5 5.9v12.2c0 .8.9 1.3 1.5.8l8.5-6.1V18c0 .6.4 1 1 1h1c.6 0 1-.4 1-1V6c0-.6-.4-1-1-1h-1c-.6 0-1 .4-1 1v5.2L6.5 5.1C5.9 4.6 5 5.1 5 5.9z",
  previous: "F M19 5.9v12.2c0 .8-.9 1.3-1.5.8L9 12.8V18c0 .6-.4 1-1 1H7c-.6 0-1-.4-1-1V6c0-.6.4-1 1-1h1c.6 0 1 .4 1 1v5.2l8.5-6.1c.6-.5 1.5 0 1.5.8z",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.3 15.3 20 20",
  close: "M6 6l12 12M18 6 6 18",
  tracks: "M4 6.5h11M4 12h11M4 17.5h7M18 16.5V8.5l3 1M18 16.5a1.9 1.9 0 1 1-3.8 0 1.9 1.9 0 0 1 3.8 0z",
  albums: "M5 4h14a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1zM12 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM12 12.5a.5.5 0 1 0 0-1 .5.5 0 0 0 0 1z",
  locate: "M12 17.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM12 14a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM12 3v3.5M12 17.5V21M3 12h3.5M17.5 12H21",
  queue: "M4 6h16M4 11h10M4 16h8M16 14.5v5l4.5-2.5z",
  folder: "M3.5 18V6.5a1 1 0 0 1 1-1h4.6l2.3 2.5h8.1a1 1 0 0 1 1 1V18a1 1 0 0 1-1 1h-15a1 1 0 0 1-1-1z",
  "folder-add": "M3.5 18V6.5a1 1 0 0 1 1-1h4.6l2.3 2.5h8.1a1 1 0 0 1 1 1V18a1 1 0 0 1-1 1h-15a1 1 0 0 1-1-1zM12 10.7v5.4M9.3 13.4h5.4",
  globe: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM3.7 12h16.6M12 3.5c2.4 2.3 3.5 5.2 3.5 8.5s-1.1 6.2-3.5 8.5c-2.4-2.3-3.5-5.2-3.5-8.5s1.1-6.2 3.5-8.5z",
  files: "M8 3.5h7l4 4V16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4.5a1 1 0 0 1 1-1zM15 3.5V8h4M4.5 7.5V19a1 1 0 0 0 1 1H15",
  volume: "M4 9.5v5h3.5l4.5 4v-13l-4.5 4zM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a7.8 7.8 0 0 1 0 11",
  "volume-low": "M4 9.5v5h3.5l4.5 4v-13l-4.5 4zM15.5 9a4.2 4.2 0 0 1 0 6",
  muted: "M4 9.5v5h3.5l4.5 4v-13l-4.5 4zM16 9.5l5 5M21 9.5l-5 5",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 3v1.8M12 19.2V21M3 12h1.8M19.2 12H21M5.6 5.6l1.3 1.3M17.1 17.1l1.3 1.3M5.6 18.4l1.3-1.3M17.1 6.9l1.3-1.3",
  moon: "M20 14.2A8.3 8.3 0 0 1 9.8 4 8.3 8.3 0 1 0 20 14.2z",
  system: "M4 5h16a.8.8 0 0 1 .8.8v9.4a.8.8 0 0 1-.8.8H4a.8.8 0 0 1-.8-.8V5.8A.8.8 0 0 1 4 5zM9 20h6M12 16v4",
  help: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM9.6 9.6a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.2.9-1.2 1.8M12 16.7v.1",
  info: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 11v5.5M12 7.6v.1",
  warning: "M12 4 2.9 19.5h18.2zM12 10v4.5M12 17v.1",
  sync: "M19.5 12a7.5 7.5 0 0 1-13.3 4.7M4.5 12a7.5 7.5 0 0 1 13.3-4.7M18.3 3.5v4h-4M5.7 20.5v-4h4",
  check: "M5 12.5 10 17.5 19.5 7",
  copy: "M9 8.5h9.5a1 1 0 0 1 1 1V19a1 1 0 0 1-1 1H9a1 1 0 0 1-1-1V9.5a1 1 0 0 1 1-1zM5 15.5V5.5a1 1 0 0 1 1-1h9.5",
  more: "F M6 10.4a1.6 1.6 0 1 1 0 3.2 1.6 1.6 0 0 1 0-3.2zm6 0a1.6 1.6 0 1 1 0 3.2 1.6 1.6 0 0 1 0-3.2zm6 0a1.6 1.6 0 1 1 0 3.2 1.6 1.6 0 0 1 0-3.2z",
  grip: "F M9 5.5a1.4 1.4 0 1 1 0 2.8 1.4 1.4 0 0 1 0-2.8zm6 0a1.4 1.4 0 1 1 0 2.8 1.4 1.4 0 0 1 0-2.8zm-6 5.1a1.4 1.4 0 1 1 0 2.8 1.4 1.4 0 0 1 0-2.8zm6 0a1.4 1.4 0 1 1 0 2.8 1.4 1.4 0 0 1 0-2.8zm-6 5.1a1.4 1.4 0 1 1 0 2.8 1.4 1.4 0 0 1 0-2.8zm6 0a1.4 1.4 0 1 1 0 2.8 1.4 1.4 0 0 1 0-2.8z",
  star: "F M12 3.8l2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8z",
  "play-next": "M4 6h16M4 11h7M4 16h7M16.5 19.5v-9M13.2 13.5l3.3-3.3 3.3 3.3",
  append: "M4 6h16M4 11h16M4 16h8M17 13.5v6M14 16.5h6",
  back: "M14.5 5.5 8 12l6.5 6.5",
  user: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20c.9-3.6 3.9-5.5 7.5-5.5s6.6 1.9 7.5 5.5",
};

/** @typedef {keyof typeof PATHS} IconName */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {IconName} name
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS(SVG, "path"));
  setIcon(svg, name);
  return svg;
}

/**
 * Shows another icon in place.
 *
 * @param {Element} svg
 * @param {IconName} name
 */
export function setIcon(svg, name) {
  const filled = PATHS[name].startsWith("F ");
  svg.classList.toggle("icon-filled", filled);
  svg.firstElementChild?.setAttribute("d", filled ? PATHS[name].slice(2) : PATHS[name]);
}

/** The mark of Segue: two curves that cross, one fading out and one fading in. */
export function brandMark() {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 32 32");
  svg.setAttribute("class", "mark");
  svg.setAttribute("aria-hidden", "true");
  for (const d of ["M4 9c12 0 12 14 24 14", "M4 23C16 23 16 9 28 9"]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}
