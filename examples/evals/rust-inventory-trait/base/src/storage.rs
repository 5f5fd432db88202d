/// Something that holds items of one kind.
pub trait Storage {
    fn name(&self) -> &str;

    fn count(&self) -> u32;

    /// Takes one item; false when there is none.
    fn take_one(&mut self) -> bool;
}
