/// One.
pub fn f() -> u8 {
    let value = 1;
    value
}
