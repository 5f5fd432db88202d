use crate::state::State;

pub fn shut(s: &State) -> bool {
    *s == State::Closed
}
