#!/usr/bin/env node
// A strict reader of the event stream, written from its documentation alone; it shares no code with what it reads and
// needs nothing but Node 20.
//
//     reviewer --agent | consumer.mjs [--exit-code N] [--max-silence SECONDS] [--schema FILE]
//
// Prints a summary and ends with 0, or says in one line on stderr what breaks the contract and ends with 1. consumer.py
// is the same in Python and prints the same bytes.

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { fault } from "./schema.mjs";

const KINDS = {
  review_context: "ReviewContext", status: "Status", heartbeat: "Heartbeat", finding: "Finding",
  complete: "Complete", error: "Error",
};
const SEVERITIES = ["critical", "major", "minor", "trivial", "info"];
const ERROR_CODES = { usage: [2], config: [2], interrupted: [130, 143] }; // any other error is 4
const MOST_BYTES = 4 * 1024 * 1024;
// Control characters, what turns or hides text in a terminal, and the separators that some readers take for line ends.
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/u;
const INSTRUCTION = /^Review comment at @(.+?)(?: at line (\d+))?:\n/s;

class Violation extends Error {}

function refuse(text) {
  throw new Violation(ascii(text.replace(/\s+/g, " ")).slice(0, 300));
}

function need(holds, text) {
  if (!holds) refuse(text);
}

function ascii(text) {
  return text.replace(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function quoted(text) {
  return ascii(JSON.stringify(text)).replace(/\u007f/g, "\\u007f");
}

// One event. Stricter than JSON.parse: no key twice, no number or text that others read differently.
function parsed(line) {
  let event;
  try {
    event = JSON.parse(line);
  } catch {
    refuse(`a line is no JSON: ${line.slice(0, 80)}`);
  }
  need(typeof event === "object" && event !== null && !Array.isArray(event), "a line is no JSON object");
  need(!repeats(line), "a key occurs twice");
  portable(event);
  need(Object.hasOwn(event, "type") && typeof event.type === "string", "an event has no type");
  return event;
}

// Whether an object names a key twice, in a text that is known to be JSON.
function repeats(line) {
  const open = [];
  for (const [token] of line.matchAll(/"(?:[^"\\]|\\.)*"(?:\s*:)?|[{}[\]]/g)) {
    if (token === "{" || token === "[") open.push(new Set());
    else if (token === "}" || token === "]") open.pop();
    else if (token.endsWith(":")) {
      const key = JSON.parse(token.slice(0, -1));
      if (open.at(-1).has(key)) return true;
      open.at(-1).add(key);
    }
  }
  return false;
}

function portable(value) {
  if (typeof value === "string") need(value.isWellFormed(), "a text has half a surrogate pair");
  else if (typeof value === "number") need(Math.abs(value) <= Number.MAX_SAFE_INTEGER, "a number is too large");
  else if (typeof value === "object" && value !== null) {
    for (const [key, each] of Object.entries(value)) {
      portable(key);
      portable(each);
    }
  }
}

// What was seen so far. Types and keys that are not known are passed over, as the contract asks.
class Reader {
  context = null;
  end = null;
  findings = new Map();
  places = new Set(); // ids of other places of the findings
  elapsed = 0;
  said = ""; // the verdict that a status event gave

  constructor(defs) {
    this.defs = defs;
  }

  take(event) {
    const kind = event.type;
    need(this.end === null, `${kind} comes after the last event`);
    if (Object.hasOwn(KINDS, kind)) {
      const wrong = fault({ $ref: `#/$defs/${KINDS[kind]}` }, event, this.defs);
      need(wrong === null, `${kind} does not fit the schema: ${wrong}`);
    }
    if (kind === "review_context") {
      need(this.context === null, "review_context comes twice");
      need(event.schemaVersion === "1.0", "review_context has no schemaVersion");
      this.context = event;
    } else if (kind !== "error") need(this.context !== null, `${kind} comes before review_context`);
    if (kind === "status" && event.status.startsWith("review_")) this.said = event.status;
    else if (kind === "heartbeat") this.heartbeat(event);
    else if (kind === "finding") this.finding(event);
    else if (kind === "complete") this.complete(event);
    else if (kind === "error") {
      need(event.message.trim() && !event.message.includes("\n"), "the message of an error is not one line");
      need(!this.findings.size || event.errorType === "internal", "findings, but the run could not look");
    }
    if (kind === "complete" || kind === "error") this.end = event;
  }

  heartbeat(event) {
    need(event.unitsDone <= event.unitsTotal, "a heartbeat has done more than there is");
    need(event.elapsedSeconds >= this.elapsed, "heartbeats go back in time");
    this.elapsed = event.elapsedSeconds;
  }

  finding(event) {
    need(!this.findings.has(event.id), `the id ${event.id} comes twice`);
    const { startLine: start, endLine: end, codegenInstructions: text } = event;
    need((start === null) === (end === null), "a finding has half a range of lines");
    need(start === null || start <= end, "a finding ends before it starts");
    need(/^(model|reviewer|analyzer:.+)$/.test(event.source), "a finding has an unknown source");
    need(event.title.trim() && event.comment.trim(), "a finding says nothing");
    named(event);
    for (const quote of event.evidence) {
      named(quote);
      need(quote.startLine <= quote.endLine, "a quote ends before it starts");
    }
    if (event.evidence.length && start !== null) {
      const first = event.evidence[0];
      need(key(first) === key(event), "the first quote is from another file");
      need(first.startLine <= end && start <= first.endLine, "the first quote is not the place");
    }
    const instruction = INSTRUCTION.exec(text);
    need(instruction, "codegenInstructions does not begin with the place");
    need((instruction[2] ?? null) === (start && String(start)), "codegenInstructions names another line");
    const ranged = start === null || start === end || text.includes(`around lines ${start} - ${end}`);
    need(ranged, "codegenInstructions does not name the range of lines");
    for (const place of event.places ?? []) {
      named(place);
      need(place.startLine <= place.endLine, "a place ends before it starts");
      need(!this.places.has(place.id), `the place ${place.id} comes twice`);
      this.places.add(place.id);
    }
    need(event.severity === "info" || !event.preexisting, "what was there before is more than info");
    if (event.patch !== null) {
      need(event.patch.diff.trim(), "a patch is empty");
      decoded(event.patch.diffBase64, event.patch.diff);
    }
    this.findings.set(event.id, event);
  }

  complete(event) {
    const { outcome, message, exitCode, status, resolved } = event;
    const found = [...this.findings.values()];
    need(event.findings === found.length, "complete.findings is not the number of findings");
    for (const severity of SEVERITIES) {
      const count = found.filter((finding) => finding.severity === severity).length;
      need((event.counts[severity] ?? -1) >= count, `complete.counts is wrong about ${severity}`);
    }
    const unsent = SEVERITIES.reduce((sum, severity) => sum + event.counts[severity], 0) - found.length;
    if (unsent) {
      need(outcome !== "completed", "findings were left out without a warning");
      need(message.includes(`${unsent} more findings`), "complete.counts has findings that nothing tells of");
    }
    this.coverage(event);
    need(resolved.every((id) => /^[0-9a-f]{12}$/.test(id)), "complete.resolved has what is no id");
    need(new Set(resolved).size === resolved.length, "complete.resolved names an id twice");
    const known = (id) => this.findings.has(id) || this.places.has(id);
    need(![...this.places].some((id) => this.findings.has(id)), "a place is a finding of its own, too");
    need(!resolved.some(known), "a finding is both reported and resolved");
    need(event.usage.cachedTokens <= event.usage.promptTokens, "more tokens are cached than were sent");
    need(event.durationSeconds >= this.elapsed, "the run was shorter than its heartbeats say");
    need(this.said === "" || this.said === status, "the last status says otherwise than complete");
    need(message.trim(), "complete has no message");
    const failed = outcome === "failed";
    const nothing = message === "Review completed";
    need(!nothing || outcome === "completed", "the message says that there is nothing to add");
    need(exitCode !== 0 || !failed, "the exit code 0 of a failed run");
    need(exitCode !== 3 || failed, "the exit code 3 of a run that did not fail");
    need(exitCode !== 1 || found.some((each) => !each.preexisting), "the exit code 1 without findings");
    if (status === "review_skipped") {
      need(!found.length && !event.reviewedFiles.length, "skipped, but something was reviewed");
      need(exitCode !== 1, "the exit code 1 of a skipped review");
    }
  }

  coverage(event) {
    const others = [...event.skippedFiles, ...event.unreviewedFiles];
    others.forEach(named);
    const everything = [...event.reviewedFiles.map((name) => key({ fileName: name })), ...others.map(key)];
    const plain = everything.filter((item) => !item.includes("\ufffd")); // two names may be replaced by the same text
    need(new Set(plain).size === plain.length, "a file is named twice in what was reviewed, skipped and not reviewed");
    const [missing, listed] = [event.unreviewedFileCount, event.unreviewedFiles.length];
    const part = `${listed.toLocaleString("en-US")} of ${missing.toLocaleString("en-US")} unreviewedFiles`;
    const whole = missing === listed || event.message.includes(part);
    need(missing >= listed && whole, "unreviewedFileCount is not that of the list");
    need(missing > 0 === (event.outcome === "failed"), "the outcome contradicts what was not reviewed");
    need(event.reviewedFiles.length <= this.context.files, "more files were reviewed than there are");
  }

  close(exitCode) {
    need(this.end !== null, "the stream ends without complete or error");
    if (exitCode === null) return this.end;
    const { type, errorType } = this.end;
    const codes = type === "complete" ? [this.end.exitCode] : (ERROR_CODES[errorType] ?? [4]);
    need(codes.includes(exitCode), `the process ended with ${exitCode}, not ${codes.join(" or ")}`);
    return this.end;
  }
}

function key(item) {
  return JSON.stringify([item.fileName, item.fileNameBase64 ?? null]);
}

function named(item) {
  need(item.fileName, "a file has no name");
  decoded(item.fileNameBase64, item.fileName);
}

// Base64 is for bytes that are not UTF-8, and the text beside it shows them with U+FFFD.
function decoded(encoded, text) {
  if (encoded === undefined || encoded === null) return;
  const data = Buffer.from(encoded, "base64");
  need(data.toString("base64") === encoded, "base64 is broken");
  const shown = new TextDecoder("utf-8", { ignoreBOM: true }).decode(data);
  need(shown === text && text.includes("\ufffd"), "base64 and text differ");
}

// ASCII only; ordered by what it says, so that no language's own order of text plays a part.
function summary(findings, end) {
  const made = findings.map((each) => {
    const lines = `${each.startLine ?? 0}-${each.endLine ?? 0}`;
    const patch = each.patch ? each.patch.verification : "no-patch";
    const place = `${quoted(each.fileName)}:${lines} ${each.id}`;
    return `${each.severity} ${place} ${each.state} ${patch} ${quoted(each.title)}\n`;
  });
  const listed = made.sort().join("");
  if (end.type === "error") {
    return `outcome: error ${end.errorType}\nclean: unknown\nfindings: ${made.length}\n${listed}`;
  }
  const skipped = end.status === "review_skipped";
  const clean = made.length ? "no" : end.outcome !== "failed" && !skipped ? "yes" : "unknown";
  const missing = end.unreviewedFiles.map((item) => `unreviewed ${item.reason} ${quoted(item.fileName)}\n`);
  const head = `outcome: ${end.outcome}${skipped ? " (skipped)" : ""}\nclean: ${clean}\nfindings: ${made.length}\n`;
  return `${head}reviewed: ${end.reviewedFiles.length}\n${listed}${missing.sort().join("")}`;
}

// The summary of what arrives on standard input. Throws Violation.
async function check(exitCode, mostSilence, defs) {
  const reader = new Reader(defs);
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let [rest, total, last] = [Buffer.alloc(0), 0, performance.now()];
  for await (const piece of process.stdin) {
    const now = performance.now();
    need(mostSilence === null || now - last <= mostSilence * 1000, "the stream was silent for too long");
    last = now;
    total += piece.length;
    need(total < MOST_BYTES, "the stream is larger than 4 MiB");
    rest = Buffer.concat([rest, piece]);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      let line;
      try {
        line = utf8.decode(rest.subarray(0, end));
      } catch {
        refuse("a line is not UTF-8");
      }
      rest = rest.subarray(end + 1);
      need(line.trim(), "a line is blank");
      need(!UNSAFE.test(line), "a line has a control or format character that is not escaped");
      reader.take(parsed(line));
    }
  }
  need(!rest.length, "the last line has no end");
  need(total, "the stream is empty");
  return summary([...reader.findings.values()], reader.close(exitCode));
}

const { values } = parseArgs({
  options: { "exit-code": { type: "string" }, "max-silence": { type: "string" }, schema: { type: "string" } },
});
const number = (text) => (text === undefined ? null : Number(text));
const file = values.schema ?? new URL("../../schemas/event.schema.json", import.meta.url);
const { $defs: defs } = JSON.parse(readFileSync(file, "utf8"));
try {
  process.stdout.write(await check(number(values["exit-code"]), number(values["max-silence"]), defs));
} catch (error) {
  const text = error instanceof Violation ? error.message : error instanceof RangeError ? "a line is too deep" : null;
  if (text === null) throw error; // a fault of this reader or of the schema
  process.stderr.write(`violation: ${text}\n`);
  process.exitCode = 1;
}
process.stdin.destroy();
