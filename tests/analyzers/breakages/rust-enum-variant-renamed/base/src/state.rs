#[derive(PartialEq)]
pub enum State {
    Open,
    Closed,
}
