import { other, Mode, type Options } from './rules';

export abstract class Reader {
  constructor(protected options: Options) {}

  get loose() {
    return this.options.mode === Mode.Loose;
  }

  run(lines: string[]): string[] {
    return lines.filter((line) => this.keeps(line));
  }

  protected abstract keeps(line: string): boolean;
}

export class Plain extends Reader {
  protected keeps(line: string): boolean {
    return line !== '';
  }
}

export class Lists extends Reader {
  protected keeps(line: string): boolean {
    return this.loose || !other.blankLine.test(line) || other.bullet(this.options.depth).test(line);
  }
}
