type Step = (text: string) => string;

const MAX_LENGTH = 60;

const withoutAccents: Step = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "");
const hyphenated: Step = (text) => text.replace(/[^a-z0-9]+/g, "-");
const trimmed: Step = (text) => text.replace(/^-+|-+$/g, "");
const shortened: Step = (text) => text.slice(0, MAX_LENGTH);

const STEPS: readonly Step[] = [
  withoutAccents,
  (text) => text.toLowerCase(),
  hyphenated,
  trimmed,
  shortened,
];

/** A name for an address: small letters, digits and single hyphens. */
export function slug(title: string): string {
  return STEPS.reduce((text, step) => step(text), title);
}
