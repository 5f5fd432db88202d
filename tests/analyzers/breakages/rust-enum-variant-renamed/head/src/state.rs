#[derive(PartialEq)]
pub enum State {
    Open,
    Shut,
}
