// What a synchronisation job means in words.

import { count, number } from "./format.js";

/** @typedef {import("../../js/segue.js").Job} Job */
/** @typedef {import("../../js/segue.js").Provider} Provider */

/** @param {Job} job */
export function isLive(job) {
  return job.state === "queued" || job.state === "running" || job.state === "paused";
}

/**
 * @param {Job[]} jobs
 * @param {Provider} provider
 */
export function latestJob(jobs, provider) {
  return jobs.filter((job) => job.provider === provider.id).reduce(later, undefined);
}

/**
 * @param {Job | undefined} a
 * @param {Job} b
 * @returns {Job}
 */
function later(a, b) {
  return a && a.id > b.id ? a : b;
}

/** @param {Job} job */
export function jobTitle(job) {
  switch (job.state) {
    case "queued":
      return "Waiting for its turn";
    case "running":
      if (!job.total) return job.listed ? `Looking for music: ${count(job.listed, "file")} so far` : "Looking for music";
      return `Reading ${count(job.total, "file")}`;
    case "paused":
      return job.reason ? `Paused: ${job.reason}` : "Paused";
    case "done":
      if (job.listed === 0) return "No music was found";
      return job.added + job.changed === 0 ? "Up to date" : `Up to date, ${number(job.added)} new`;
    case "failed":
      return job.reason ? `Stopped: ${job.reason}` : "Stopped";
    case "cancelled":
      return "Cancelled; what was read stays";
  }
}
