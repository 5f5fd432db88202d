/// Something that holds items of one kind.
pub trait Storage {
    fn name(&self) -> &str;

    fn count(&self) -> u32;

    /// Takes `wanted` items, or none when there are fewer. Gives how many are left then.
    fn take(&mut self, wanted: u32) -> Option<u32>;
}
