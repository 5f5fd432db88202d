export const other = {
  blankLine: /^[ \t]*$/,
  bullet: (depth: number) => new RegExp(`^ {0,${Math.min(3, depth)}}[*-]`),
};

export enum Mode {
  Strict = 'strict',
  Loose = 'loose',
}

export type Options = {
  mode: Mode;
  depth?: number;
};
