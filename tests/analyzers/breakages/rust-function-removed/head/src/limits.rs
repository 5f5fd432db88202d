pub fn max() -> u32 {
    10
}
