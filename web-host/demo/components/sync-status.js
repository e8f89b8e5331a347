// <sync-status>: one line on what is being read, in the corner of the page; a click opens the folders.

import { app } from "../lib/app.js";
import { h, setText } from "../lib/dom.js";
import { count, number } from "../lib/format.js";
import { isLive, latestJob } from "../lib/jobs.js";

export class SyncStatus extends HTMLElement {
  #title = h("span", { class: "status-title" });
  #detail = h("span", { class: "status-detail" });
  #button = h(
    "button",
    { type: "button", class: "status-button", onclick: () => app.togglePanel("library") },
    h("span", { class: "ring", "aria-hidden": "true" }),
    h("span", { class: "hidden-text" }, "Folders: "),
    h("span", { class: "status-text" }, this.#title, this.#detail),
  );
  #frame = 0;

  connectedCallback() {
    if (this.firstChild) return;
    this.append(this.#button);
    for (const event of /** @type {const} */ (["Jobs", "Providers", "Sync.Progress"])) {
      app.segue.on(event, () => this.#update());
    }
    app.segue.on("Sync.Complete", (job) => {
      this.#update();
      const failed = job.failed ? `, ${count(job.failed, "file")} could not be read` : "";
      if (job.state === "done") app.announce(`Reading is done: ${count(job.added, "new track")}${failed}`);
      else if (job.state === "failed") app.announce(`Reading stopped: ${job.reason ?? "unknown reason"}`);
    });
    this.#update();
  }

  #update() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#write();
    });
  }

  #write() {
    const providers = app.segue.providers();
    const jobs = app.segue.jobs();
    const live = jobs.filter(isLive);
    const running = live.filter((job) => job.state !== "paused");
    const closed = providers.filter((provider) => provider.access !== "granted");
    const latest = providers.map((provider) => latestJob(jobs, provider));
    const failed = latest.reduce((sum, job) => sum + (job?.failed ?? 0), 0);
    const stopped = latest.some((job) => job?.state === "failed");
    let state = "idle";
    let title = count(providers.length, "folder");
    let detail = failed ? `${count(failed, "file")} not read` : "Up to date";
    if (providers.length === 0) {
      title = "No folder yet";
      detail = "Add one";
    } else if (closed.length > 0) {
      state = "attention";
      title = "Access needed";
      detail = closed.map(({ name }) => name).join(", ");
    } else if (live.length > 0) {
      const read = live.reduce((sum, job) => sum + job.read, 0);
      const known = live.every((job) => job.total !== undefined);
      const total = live.reduce((sum, job) => sum + (job.total ?? 0), 0);
      state = running.length > 0 ? "running" : "paused";
      title = running.length > 0 ? "Reading music" : "Paused";
      detail = known ? `${number(read)} of ${number(total)}` : `${count(live.reduce((sum, job) => sum + job.listed, 0), "file")} found`;
      this.#button.style.setProperty("--part", known && total > 0 ? String(read / total) : "0.08");
    } else if (stopped) {
      state = "attention";
      title = "Reading stopped";
      detail = "See why";
    } else if (latest.every((job) => job === undefined)) {
      detail = providers.map(({ name }) => name).join(", ");
    }
    if (this.#button.dataset.state !== state) this.#button.dataset.state = state;
    setText(this.#title, title);
    setText(this.#detail, detail);
  }
}

customElements.define("sync-status", SyncStatus);
