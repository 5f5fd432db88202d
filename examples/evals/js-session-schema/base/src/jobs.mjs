export const jobs = [];

export function every(minutes, name, run) {
  jobs.push({ minutes, name, run });
}
