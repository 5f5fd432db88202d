import pytest
from ast_grep_py import SgRoot

from reviewer.languages.exports import Exports, exports_of


@pytest.mark.parametrize(
    ("source", "names", "stars", "known"),
    [
        ("export const a = 1, { b, c: d } = x;", "a b c d", (), True),
        ("export function f() {}\nexport class C {}\nexport enum E {}", "f C E", (), True),
        ("export type T = 1; export interface I {}", "T I", (), True),
        ("export declare function g(): void;", "g", (), True),
        ("export { x as y, z }; export type { U } from './u';", "y z U", (), True),
        ("export default class Q {}", "default", (), True),
        ("export * from './m'; export * as ns from './n';", "ns", ("./m",), True),
        ("export = Q;", "", (), False),
        ("exports.a = 1; module.exports.b = 2;", "a b", (), True),
        ("module.exports = { c, d: 1, 'e': 2, f() {} };", "c d e f", (), True),
        ("module.exports = { ...x };", "", (), False),
        ("module.exports = Q;", "", (), False),
        ("for (const k in o) exports[k] = 1;", "", (), False),
    ],
)
def test_what_a_module_exports(source, names, stars, known):
    root = SgRoot(source, "typescript").root()
    assert exports_of(root) == Exports(frozenset(names.split()), stars, known)
