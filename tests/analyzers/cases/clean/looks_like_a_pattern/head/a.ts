export class A {
  get name(): string { return this._name }
  lines(text: string) { return (text.match(/\n/g) ?? []).length }
  drop(items: string[]) {
    for (let i = items.length - 1; i >= 0; i--) { if (!items[i]) items.splice(i, 1) }
    return items.map((item) => parseInt(item, 10))
  }
}
